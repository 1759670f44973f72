import { Writable } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { WinstonModule } from 'nest-winston';
import winston from 'winston';
import type { Settings } from '../config/settings.js';
import { type ConsoleStreams, processStreams } from './console-streams.js';
import { type LogRecord, jsonLine, textLine } from './line.js';
import { LogClock } from './log-clock.js';
import { LogOutputs } from './log-outputs.js';
import { isFromNest } from './nest-contexts.js';
import { RecentWarnings } from './recent-warnings.js';

/** The logger for `NestFactory.create`, and operations on the log. */
export interface Logging {
  logger: LoggerService;
  /** Resolves when all lines so far are written, or after half a second. Logging may continue afterwards. */
  flush: () => Promise<void>;
  /** Reopens the log file after logrotate has moved it. After a failure, retries at once. */
  reopen: () => void;
  /** The newest warnings and errors. */
  readonly warnings: RecentWarnings;
}

/** Milliseconds that a flush waits for the disk and the reader of the console. */
const FLUSH_TIMEOUT = 500;

/** Rank of each level, the most urgent first. Levels of equal rank are synonyms: nest-winston uses Nest's names. */
const RANKS = { critical: 0, fatal: 0, error: 1, warning: 2, warn: 2, info: 3, debug: 4, verbose: 4 };

/** Properties in which winston keeps the formatted line, and the fields of a message that contains `%s`. */
const LINE = Symbol.for('message');
const SPLAT = Symbol.for('splat');

/**
 * Creates the logger for console and file. A full disk or a console without a reader does not stop the process.
 *
 * @param settings all but `file` are read at the time of use, because a reload may change them
 */
export function createLogger(
  settings: Settings['logger'],
  streams: ConsoleStreams = processStreams(),
): Logging {
  const toLine = (record: LogRecord, time: Date): string =>
    settings.format === 'json' ? jsonLine(record, time) : textLine(record, time);
  const clock = new LogClock((milliseconds) => queueMicrotask(() => warnAboutSetBack(milliseconds / 1000)));
  const outputs = new LogOutputs(
    settings,
    streams,
    (level, message, fields) => `${toLine({ level, message, ...fields }, clock.now())}\n`,
  );
  const warnings = new RecentWarnings();
  const isLogged = (level: string): boolean => !outputs.silent && rankOf(level) <= rankOf(settings.level);
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      outputs.write(line);
      // Called at once: otherwise winston delays all lines while one output is slow.
      done();
    },
  });
  const instance = winston.createLogger({
    levels: RANKS,
    level: 'debug',
    format: winston.format((info) => {
      const record = recordOf(info);
      const time = clock.now();
      // Kept even when the level is above a warning.
      if (rankOf(info.level) <= RANKS.warning) warnings.add(record, time);
      return isLogged(info.level) && Object.assign(info, { [LINE]: toLine(record, time) });
    })(),
    transports: new winston.transports.Stream({ stream, eol: '\n' }),
  });
  const logger = WinstonModule.createLogger({ instance });
  return {
    logger: Object.assign(logger, levelMethods(logger, isLogged)),
    flush: async () => {
      // Winston passes lines on in a later tick when many arrive at once.
      await setImmediate();
      await withTimeout(FLUSH_TIMEOUT, outputs.flush());
    },
    reopen: () => outputs.reopen(),
    warnings,
  };

  function warnAboutSetBack(seconds: number): void {
    const message = 'The system clock was set back: log times advance slowly until it catches up';
    instance.log({ level: 'warning', message, seconds });
  }
}

async function withTimeout(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const deadline = new AbortController();
  const { signal } = deadline;
  await Promise.race([work, setTimeout(milliseconds, undefined, { signal }).catch(() => {})]);
  deadline.abort();
}

function ignore(): void {}

// Winston formats a message before it checks the level. A disabled `debug` must cost nothing on a busy path. Nest logs
// about thirty lines at the start. As debug lines they don't hide the few lines for the operator.
function levelMethods(logger: LoggerService, isLogged: (level: string) => boolean): Partial<LoggerService> {
  const log = logger.log.bind(logger);
  const debug = logger.debug?.bind(logger) ?? ignore;
  const verbose = logger.verbose?.bind(logger) ?? ignore;
  return {
    log: (message: unknown, ...rest) => {
      if (!isFromNest(rest)) return void (isLogged('info') && log(message, ...rest));
      if (isLogged('debug')) debug(message, ...rest);
    },
    debug: (message: unknown, ...rest) => void (isLogged('debug') && debug(message, ...rest)),
    verbose: (message: unknown, ...rest) => void (isLogged('verbose') && verbose(message, ...rest)),
  };
}

function rankOf(level: string): number {
  return RANKS[level as keyof typeof RANKS] ?? RANKS.debug;
}

function recordOf(info: winston.Logform.TransformableInfo): LogRecord {
  const [splat] = [info[SPLAT]].flat();
  return { ...(typeof splat === 'object' ? splat : undefined), ...info };
}
