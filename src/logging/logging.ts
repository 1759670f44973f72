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

/** The logger for `NestFactory.create`, and operations on the log. */
export interface Logging {
  logger: LoggerService;
  /** Resolves when all lines so far are written, or after half a second. Logging may continue afterwards. */
  flush: () => Promise<void>;
  /** Reopens the log file after logrotate has moved it. After a failure, retries at once. */
  reopen: () => void;
}

/** Milliseconds that a flush waits for the disk and the reader of the console. */
const FLUSH_TIMEOUT = 500;

/** Rank of each level, the most urgent first. Levels of equal rank are synonyms: nest-winston uses Nest's names. */
const RANKS = { critical: 0, fatal: 0, error: 1, warning: 2, warn: 2, info: 3, debug: 4, verbose: 4 };
const LEVEL_OF_METHOD = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  log: 'info',
  debug: 'debug',
  verbose: 'verbose',
};

/** Properties in which winston keeps the formatted line, and the fields of a message that contains `%s`. */
const LINE = Symbol.for('message');
const SPLAT = Symbol.for('splat');

/** Creates the logger for console and file. A full disk or a console without a reader does not stop the process. */
export function createLogger(
  settings: Settings['logger'],
  streams: ConsoleStreams = processStreams(),
): Logging {
  const toLine = settings.format === 'json' ? jsonLine : textLine;
  const clock = new LogClock((milliseconds) => queueMicrotask(() => warnAboutSetBack(milliseconds / 1000)));
  const outputs = new LogOutputs(
    settings,
    streams,
    (level, message, fields) => `${toLine({ level, message, ...fields }, clock.now())}\n`,
  );
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
    level: settings.level,
    silent: outputs.silent,
    format: winston.format((info) => Object.assign(info, { [LINE]: toLine(recordOf(info), clock.now()) }))(),
    transports: new winston.transports.Stream({ stream, eol: '\n' }),
  });
  const logger = WinstonModule.createLogger({ instance });
  return {
    logger: Object.assign(logger, nestAsDebug(logger), disabledMethods(instance)),
    flush: async () => {
      // Winston passes lines on in a later tick when many arrive at once.
      await setImmediate();
      await withTimeout(FLUSH_TIMEOUT, outputs.flush());
    },
    reopen: () => outputs.reopen(),
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

// Nest logs about thirty lines at the start. As debug lines they don't hide the few lines for the operator.
function nestAsDebug(logger: LoggerService): Partial<LoggerService> {
  const log = logger.log.bind(logger);
  const debug = logger.debug?.bind(logger) ?? ignore;
  return { log: (message: unknown, ...rest) => (isFromNest(rest) ? debug : log)(message, ...rest) };
}

// Winston formats a message before it checks the level. A disabled `debug` must cost nothing on a busy path.
function disabledMethods(instance: winston.Logger): Partial<LoggerService> {
  const disabled = Object.entries(LEVEL_OF_METHOD).filter(
    ([, level]) => instance.silent || !instance.isLevelEnabled(level),
  );
  return Object.fromEntries(disabled.map(([method]) => [method, ignore]));
}

function recordOf(info: winston.Logform.TransformableInfo): LogRecord {
  const [splat] = [info[SPLAT]].flat();
  return { ...(typeof splat === 'object' ? splat : undefined), ...info };
}
