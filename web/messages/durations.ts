import { lazy } from './lazy.js';

/** How a language writes durations. */
export interface Durations {
  /** A short duration such as `0.3s`, `12s`, `5m 2s` or `26h 3m`; for the time of a task. @param ms milliseconds */
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
export function durationsOf(locale: string, shortUnits: 'short' | 'narrow'): Durations {
  const unit = (name: string, unitDisplay: 'long' | 'short' | 'narrow', maximumFractionDigits = 0) =>
    lazy(
      () => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay, maximumFractionDigits }),
    );
  const relative = lazy(() => new Intl.RelativeTimeFormat(locale, { style: shortUnits }));
  const [tenths, seconds] = [unit('second', shortUnits, 1), unit('second', shortUnits)];
  const [shortMinutes, shortHours, minutes, hours] = [
    unit('minute', shortUnits),
    unit('hour', shortUnits),
    unit('minute', 'long'),
    unit('hour', 'long'),
  ];
  return {
    short: (ms) => {
      const total = Math.max(0, ms);
      if (total < 9950) return tenths().format(total / 1000);
      const rounded = Math.round(total / 1000);
      if (rounded < 60) return seconds().format(rounded);
      const isLong = rounded >= 3600;
      const [large, small] = isLong ? [shortHours, shortMinutes] : [shortMinutes, seconds];
      const value = isLong ? Math.round(rounded / 60) : rounded;
      const rest = value % 60;
      return `${large().format(Math.floor(value / 60))}${rest > 0 ? ` ${small().format(rest)}` : ''}`;
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
