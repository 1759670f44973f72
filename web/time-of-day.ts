const FORMAT = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The local time of day, such as `21:04:12`. @param time milliseconds since 1970 */
export function timeOfDay(time: number): string {
  return Number.isFinite(time) ? FORMAT.format(time) : '';
}
