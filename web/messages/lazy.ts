/** Returns a function that makes its value at the first call. The objects of `Intl` take milliseconds to make. */
export function lazy<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}
