import { lazy } from './lazy.js';

/** The forms of a word by the number before it, by the plural rules of a language. */
type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** How a language writes numbers and times. */
export interface Formats {
  /** A BCP 47 language tag. */
  readonly locale: string;
  /** A whole number with separators, such as `10,000`. */
  readonly number: (value: number) => string;
  /** The form of a word for a number. */
  readonly plural: (value: number, forms: PluralForms) => string;
  /** The local time of day, such as `21:04:12`; empty for an invalid time. @param time milliseconds since 1970 */
  readonly timeOfDay: (time: number) => string;
}

/** @param locale a BCP 47 language tag */
export function formatsOf(locale: string): Formats {
  const whole = lazy(() => new Intl.NumberFormat(locale));
  const rules = lazy(() => new Intl.PluralRules(locale));
  const time = lazy(
    () => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  );
  return {
    locale,
    number: (value) => whole().format(value),
    plural: (value, forms) => forms[rules().select(value)] ?? forms.other,
    timeOfDay: (at) => (Number.isFinite(at) ? time().format(at) : ''),
  };
}
