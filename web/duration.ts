/** A time span as `0:07`, `12:34` or `1:02:03`. @param ms milliseconds; less than nothing counts as nothing */
export function duration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The time of day where the reader is, as `21:04:12`. @param time milliseconds since 1970 */
export function timeOfDay(time: number): string {
  return Number.isFinite(time) ? CLOCK.format(time) : '';
}
