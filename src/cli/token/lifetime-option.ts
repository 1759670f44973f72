import { Option } from 'commander';
import { durationParser } from '../duration.js';

/** Ten years. */
const LONGEST_DAYS = 3650;

/** The option `--expires`. Its value is in seconds. */
export function lifetimeOption(): Option {
  return new Option(
    '-e, --expires <duration>',
    `how long the token is valid: 90s, 15m, 1h, 7d; at most ${LONGEST_DAYS}d`,
  )
    .argParser(durationParser(LONGEST_DAYS))
    .default(3600, '1h');
}
