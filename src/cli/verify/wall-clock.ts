/** Milliseconds since 1970, with fractions. Steps of the system clock do not change it while the process runs. */
export function milliseconds(): number {
  return performance.timeOrigin + performance.now();
}

/** Whole microseconds since 1970, on the same clock. */
export function microseconds(): number {
  return Math.round(milliseconds() * 1000);
}
