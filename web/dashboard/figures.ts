const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const PRECISE = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });
const THREE_DIGITS = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const COMPACT = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumSignificantDigits: 3 });

/** A whole number with separators, such as `12,345`. */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** A number that fits a narrow column, such as `12.3k`. */
export function formatCompact(value: number): string {
  return COMPACT.format(value);
}

/** A size: `812 B`, `12.3 MB`. */
export function formatBytes(value: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${THREE_DIGITS.format(value / 1000 ** power)} ${BYTE_UNITS[power]}`;
}

/** A rate: `0.4`, `12`, `12,345`. */
export function formatRate(value: number): string {
  return value < 10 ? PRECISE.format(value) : WHOLE.format(value);
}

/** A short time: `0.42 ms`, `12 ms`, `1.5 s`. @param value seconds */
export function formatSeconds(value: number): string {
  const [number, unit] = value < 1 ? [value * 1000, 'ms'] : [value, 's'];
  return `${number < 10 ? PRECISE.format(number) : WHOLE.format(number)} ${unit}`;
}

/** The age of something: `0 s`, `59 s`, `12 min`, `3 h`, `2 d`. @param ms milliseconds; below 0 counts as 0 */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${formatCount(Math.floor(hours / 24))} d`;
}

/** A long duration in two units: `12 s`, `5 min`, `3 h 20 min`, `12 d 4 h`. @param ms milliseconds */
export function formatUptime(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return formatAge(ms);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${formatCount(Math.floor(hours / 24))} d ${hours % 24} h`;
}
