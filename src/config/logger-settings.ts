import { z } from 'zod';
import { choice, flag, pathOrOff, whole } from './kinds.js';

/**
 * The log file of the original, according to its README. It is the default if a configuration file omits `logger.file`.
 */
export const LOG_FILE_OF_ORIGINAL = '/var/log/recodex/monitor.log';

const MIB = 1_048_576;
const TIB = MIB * MIB;

/** Level names of Python, syslog and Node loggers. */
const LEVEL_SYNONYMS = {
  silly: 'debug',
  trace: 'debug',
  verbose: 'debug',
  notset: 'debug',
  http: 'info',
  log: 'info',
  notice: 'info',
  information: 'info',
  informational: 'info',
  warn: 'warning',
  err: 'error',
  crit: 'critical',
  fatal: 'critical',
  alert: 'critical',
  emerg: 'critical',
  emergency: 'critical',
  panic: 'critical',
} as const;

/** The keys of `logger`. */
export const loggerSettings = z.strictObject({
  file: pathOrOff({
    about:
      "The log file. The monitor creates it with mode 0640 and appends to it. A relative path starts at the working directory. The directory must exist. A FIFO or a device is allowed and is never rotated. `off`: no log file. When the file can't be written, the monitor prints one error on stderr, logs to the console, and tries the file again every minute.",
    defaultNote: `\`off\` without a configuration file, \`${LOG_FILE_OF_ORIGINAL}\` with one, as in the original`,
  }),
  level: choice({
    reloadable: true,
    of: ['debug', 'info', 'warning', 'error', 'critical'],
    default: 'info',
    synonyms: LEVEL_SYNONYMS,
    about:
      'The lowest level that is logged. The level names of Python, syslog and Node loggers work, too: `warn`, `err`, `crit`, `fatal`, `notice` and so on. `debug` logs every progress message and costs most of the throughput. `PUT /log-level` on the admin listener changes the level until the next reload or restart.',
  }),
  'max-size': whole({
    reloadable: true,
    min: 0,
    max: TIB,
    unit: 'bytes',
    default: MIB,
    about: 'The log file is rotated before it exceeds this size. `0`: never rotated.',
  }),
  rotations: whole({
    reloadable: true,
    min: 0,
    max: 1000,
    unit: 'files',
    default: 3,
    about:
      'Number of old log files to keep: `monitor.log.1` (the newest), `monitor.log.2` and so on. `0`: the file is never rotated and grows without bound. When renaming is not permitted, the monitor prints one error on stderr and the file keeps growing.',
  }),
  console: flag({
    reloadable: true,
    default: true,
    about:
      'Log to the standard output as well. When its reader is slow, at most 1 MiB waits; further lines are dropped and counted. `false`: log only to the file.',
  }),
  format: choice({
    reloadable: true,
    of: ['text', 'json'],
    default: 'text',
    about: 'Format of a log line. `text`: the format of the original. `json`: one JSON object per line.',
  }),
});
