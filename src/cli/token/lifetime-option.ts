import { InvalidArgumentError, Option } from 'commander';

/** Seconds of each unit. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** Seconds of ten years. */
const LONGEST = 3650 * 86_400;

/** The option `--expires`: a duration such as `90`, `90s`, `15m`, `1h`, `7d`. Its value is in seconds. */
export function lifetimeOption(): Option {
  return new Option(
    '-e, --expires <duration>',
    'how long the token is valid: 90s, 15m, 1h, 7d; at most 3650d',
  )
    .argParser(parseLifetime)
    .default(3600, '1h');
}

function parseLifetime(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,12})([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNITS.get(unit) ?? NaN);
  if (seconds >= 1 && seconds <= LONGEST) return seconds;
  throw new InvalidArgumentError('expected a duration from 1s to 3650d, such as 90s, 15m, 1h or 7d.');
}
