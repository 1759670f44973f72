/** The forms of a word by the number before it, by the plural rules of a language. */
type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** How a language writes numbers, times and durations. */
export interface Formats {
  /** A whole number with separators, such as `10,000`. */
  readonly number: (value: number) => string;
  /** The form of a word for a number. */
  readonly plural: (value: number, forms: PluralForms) => string;
  /** The local time of day, such as `21:04:12`; empty for an invalid time. @param time milliseconds since 1970 */
  readonly timeOfDay: (time: number) => string;
  /** A short duration such as `0.3s`, `12s` or `5m 2s`; for the time of a task. @param ms milliseconds */
  readonly short: (ms: number) => string;
  /** The time since an event, such as `12 sec ago`. @param ms milliseconds */
  readonly ago: (ms: number) => string;
  /** A number of minutes or hours in words, such as `2 minutes`. */
  readonly minutes: (value: number) => string;
  readonly hours: (value: number) => string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * @param locale a BCP 47 language tag
 * @param shortUnits how short durations write their units
 */
export function formatsOf(locale: string, shortUnits: 'short' | 'narrow'): Formats {
  // Each of them takes milliseconds to make. The first progress needs only `whole`.
  const unit = (name: string, unitDisplay: 'long' | 'short' | 'narrow', maximumFractionDigits = 0) =>
    lazy(
      () => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay, maximumFractionDigits }),
    );
  const whole = lazy(() => new Intl.NumberFormat(locale));
  const rules = lazy(() => new Intl.PluralRules(locale));
  const time = lazy(
    () => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  );
  const relative = lazy(() => new Intl.RelativeTimeFormat(locale, { style: shortUnits }));
  const [tenths, seconds] = [unit('second', shortUnits, 1), unit('second', shortUnits)];
  const [shortMinutes, minutes, hours] = [
    unit('minute', shortUnits),
    unit('minute', 'long'),
    unit('hour', 'long'),
  ];
  return {
    number: (value) => whole().format(value),
    plural: (value, forms) => forms[rules().select(value)] ?? forms.other,
    timeOfDay: (at) => (Number.isFinite(at) ? time().format(at) : ''),
    short: (ms) => {
      const total = Math.max(0, ms);
      if (total < 9950) return tenths().format(total / 1000);
      const rounded = Math.round(total / 1000);
      if (rounded < 60) return seconds().format(rounded);
      const rest = rounded % 60;
      return `${shortMinutes().format(Math.floor(rounded / 60))}${rest > 0 ? ` ${seconds().format(rest)}` : ''}`;
    },
    ago: (ms) => {
      if (ms < MINUTE) return relative().format(-Math.floor(Math.max(0, ms) / 1000), 'second');
      if (ms < HOUR) return relative().format(-Math.floor(ms / MINUTE), 'minute');
      return relative().format(-Math.floor(ms / HOUR), 'hour');
    },
    minutes: (value) => minutes().format(value),
    hours: (value) => hours().format(value),
  };
}

/** Returns a function that makes its value at the first call. */
function lazy<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}
