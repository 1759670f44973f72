/** Why a stream can't be opened now, although it can be later. */
export type PassingReason = 'restart' | 'busy';

/** The shortest and the longest time (ms) after which a client comes back. */
type Range = readonly [number, number];

/** After a lost connection, which often means a restart. */
const USUAL: Range = [2000, 4000];

/** A full monitor needs more time to get room, and every attempt costs. */
const BUSY: Range = [5000, 10_000];

/** A time (ms) to come back after, at random, so that thousands of clients don't come back in the same instant. */
export function retryDelay(reason?: PassingReason): number {
  const [shortest, longest] = reason === 'busy' ? BUSY : USUAL;
  return Math.round(shortest + Math.random() * (longest - shortest));
}
