import { lazy } from './messages/lazy.js';
import { texts } from './texts.js';

const format = lazy(
  () => new Intl.DateTimeFormat(texts.formats.locale, { dateStyle: 'long', timeStyle: 'medium' }),
);

/** The local date and time, such as `25 November 2026 at 21:04:12`. @param time milliseconds since 1970 */
export function dateAndTime(time: number): string | undefined {
  return Number.isFinite(time) ? format().format(time) : undefined;
}
