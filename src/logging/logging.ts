import { Writable } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { WinstonModule } from 'nest-winston';
import winston from 'winston';
import type { Settings } from '../config/settings.js';
import { ConsoleOutput } from './console-output.js';
import { type ConsoleStreams, processStreams } from './console-streams.js';
import { type Entry, jsonLine, textLine } from './line.js';
import { LogClock } from './log-clock.js';
import { LogFile } from './log-file.js';
import { isFromNest } from './nest-contexts.js';

/** The application's logger, for `NestFactory.create`, and what the process must do for the log. */
export interface Logging {
  logger: LoggerService;
  /** Resolves once everything logged so far is written, or after half a second. More may be logged after it. */
  flush: () => Promise<void>;
  /** Opens the log file again: after logrotate has moved it away, or to try at once after a failure. */
  reopen: () => void;
}

/** Milliseconds that the disk and the reader of the console have at the end. */
const FLUSH_DEADLINE = 500;

/** From the most urgent. Those of equal rank are synonyms: nest-winston calls winston by Nest's names. */
const RANKS = { critical: 0, fatal: 0, error: 1, warning: 2, warn: 2, info: 3, debug: 4, verbose: 4 };
const LEVELS_OF_METHODS = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  log: 'info',
  debug: 'debug',
  verbose: 'verbose',
};

/** Where winston and its transports keep the finished line, and the fields of a message that contains a `%s`. */
const LINE = Symbol.for('message');
const SPLAT = Symbol.for('splat');

/** A logger to console and file as configured; neither a full disk nor a console that nobody reads stops the process. */
export function createLogger(
  settings: Settings['logger'],
  streams: ConsoleStreams = processStreams(),
): Logging {
  const toLine = settings.format === 'json' ? jsonLine : textLine;
  const clock = new LogClock((milliseconds) => queueMicrotask(() => warnOfSetBack(milliseconds / 1000)));
  const out = new ConsoleOutput(streams.out, droppedLine);
  const err = new ConsoleOutput(streams.err, droppedLine);
  const file = settings.file === null ? undefined : openFile(settings.file);
  const lineSink = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      if (settings.console) out.write(line);
      file?.write(line);
      // Never later: winston would hold back all lines for a sink that is slow.
      done();
    },
  });
  const instance = winston.createLogger({
    levels: RANKS,
    level: settings.level,
    silent: !settings.console && !file,
    format: winston.format((info) => Object.assign(info, { [LINE]: toLine(entryOf(info), clock.now()) }))(),
    transports: new winston.transports.Stream({ stream: lineSink, eol: '\n' }),
  });
  const logger = WinstonModule.createLogger({ instance });
  return {
    logger: Object.assign(logger, nestAsDebug(logger), mutedMethods(instance)),
    flush: async () => {
      // Winston hands lines on in a later tick when many come at once.
      await setImmediate();
      await within(FLUSH_DEADLINE, Promise.all([file?.flush(), out.flush(), err.flush()]));
    },
    reopen: () => file?.reopen(),
  };

  function ownLine(level: string, message: string, fields: Record<string, unknown>): string {
    return `${toLine({ level, message, ...fields }, clock.now())}\n`;
  }

  function droppedLine(lines: number): string {
    return ownLine('warning', 'The console was not read: dropped lines', { lines });
  }

  function warnOfSetBack(seconds: number): void {
    const message = 'The system clock was set back: the log advances slowly until the clock catches up';
    instance.log({ level: 'warning', message, seconds });
  }

  function openFile(path: string): LogFile {
    const complain = (level: string, message: string, error?: unknown): void => {
      err.write(ownLine(level, message, { path, error }));
    };
    return new LogFile(
      { path, maxSize: settings['max-size'], rotations: settings.rotations },
      {
        failed: (error) => complain('error', 'The log file cannot be written, logging to the console', error),
        recovered: () => complain('info', 'The log file is written again'),
        rotationFailed: (error) =>
          complain('error', 'The log file cannot be rotated, it goes on growing', error),
        lost: (lines) => {
          if (!settings.console) for (const line of lines) out.write(line);
        },
      },
    );
  }
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const deadline = new AbortController();
  const { signal } = deadline;
  await Promise.race([work, setTimeout(milliseconds, undefined, { signal }).catch(() => {})]);
  deadline.abort();
}

function ignore(): void {}

// Nest says some thirty things while it starts; a start should be read in a moment.
function nestAsDebug(logger: LoggerService): Partial<LoggerService> {
  const log = logger.log.bind(logger);
  const debug = logger.debug?.bind(logger) ?? ignore;
  return { log: (message: unknown, ...rest) => (isFromNest(rest) ? debug : log)(message, ...rest) };
}

// Winston formats a message before it looks at its level; on a busy path a muted `debug` must cost nothing.
function mutedMethods(instance: winston.Logger): Partial<LoggerService> {
  const muted = Object.entries(LEVELS_OF_METHODS).filter(
    ([, level]) => instance.silent || !instance.isLevelEnabled(level),
  );
  return Object.fromEntries(muted.map(([method]) => [method, ignore]));
}

function entryOf(info: winston.Logform.TransformableInfo): Entry {
  const [splat] = [info[SPLAT]].flat();
  return { ...(typeof splat === 'object' ? splat : undefined), ...info };
}
