import { InvalidArgumentError } from 'commander';

/** Seconds of each unit. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** A parser for commander of a duration such as `90`, `90s`, `15m`, `1h`, `7d`. Its result is in seconds. */
export function durationParser(longestDays: number): (text: string) => number {
  return (text) => {
    const [, amount, unit = ''] = /^(\d{1,12})([smhd]?)$/.exec(text) ?? [];
    const seconds = Number(amount) * (UNITS.get(unit) ?? NaN);
    if (seconds >= 1 && seconds <= longestDays * 86_400) return seconds;
    throw new InvalidArgumentError(
      `expected a duration from 1s to ${longestDays}d, such as 90s, 15m, 1h or 7d.`,
    );
  };
}
