/**
 * A duration as `0:07`, `12:34` or `1:02:03`. The page and the command line show times with it.
 * @param ms milliseconds; a negative or invalid number counts as 0
 */
export function formatDuration(ms: number): string {
  const seconds = ms > 0 && Number.isFinite(ms) ? Math.floor(ms / 1000) : 0;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const clock = hours > 0 ? [hours, twoDigits(minutes)] : [minutes];
  return [...clock, twoDigits(seconds)].join(':');
}

function twoDigits(value: number): string {
  return String(value % 60).padStart(2, '0');
}
