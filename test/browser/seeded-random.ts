/** A replacement for `Math.random` that returns the same numbers in each run (Lehmer generator). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
