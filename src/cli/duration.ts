/** Formats a duration as `0:07`, `12:34` or `1:02:03`. A negative or invalid duration counts as 0. */
export function formatDuration(milliseconds: number): string {
  const seconds = Number.isFinite(milliseconds) ? Math.max(0, Math.floor(milliseconds / 1000)) : 0;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${two(seconds)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}
