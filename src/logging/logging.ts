import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { WinstonModule } from 'nest-winston';
import winston from 'winston';
import type { Settings } from '../config/settings.js';
import { type Entry, jsonLine, textLine } from './line.js';
import { LogFile } from './log-file.js';
import { isFromNest } from './nest-contexts.js';

/** The application's logger, for `NestFactory.create`, and what must be awaited before the process exits. */
export interface Logging {
  logger: LoggerService;
  /** Resolves once everything logged so far is written; more may be logged after it. */
  flush: () => Promise<void>;
}

/** Where log lines and complaints about the log itself go: the process's own streams, but for tests. */
export interface ConsoleStreams {
  out: Writable;
  err: Writable;
}

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

/** A logger to console and file as configured; neither a full disk nor a closed console ever stops the process. */
export function createLogger(
  settings: Settings['logger'],
  streams: ConsoleStreams = processStreams(),
): Logging {
  const toLine = settings.format === 'json' ? jsonLine : textLine;
  const console = openConsole(streams);
  const file = settings.file === null ? undefined : openFile(settings.file);
  const lineSink = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      if (settings.console) console.out(line);
      file?.write(line);
      // Never later: winston would hold back all lines for a sink that is slow.
      done();
    },
  });
  const instance = winston.createLogger({
    levels: RANKS,
    level: settings.level,
    silent: !settings.console && !file,
    format: winston.format((info) => Object.assign(info, { [LINE]: toLine(entryOf(info), new Date()) }))(),
    transports: new winston.transports.Stream({ stream: lineSink, eol: '\n' }),
  });
  const logger = WinstonModule.createLogger({ instance });
  return {
    logger: Object.assign(logger, nestAsDebug(logger), mutedMethods(instance)),
    flush: async () => {
      // Winston hands lines on in a later tick when many come at once.
      await setImmediate();
      await file?.flush();
    },
  };

  function openFile(path: string): LogFile {
    const complain = (level: string, message: string, error?: unknown): void => {
      console.err(`${toLine({ level, message, path, error }, new Date())}\n`);
    };
    return new LogFile(
      { path, maxSize: settings['max-size'], rotations: settings.rotations },
      {
        failed: (error) => complain('error', 'The log file cannot be written, logging to the console', error),
        recovered: () => complain('info', 'The log file is written again'),
        lost: (lines) => {
          if (!settings.console) for (const line of lines) console.out(line);
        },
      },
    );
  }
}

function processStreams(): ConsoleStreams {
  return { out: process.stdout, err: process.stderr };
}

function openConsole({ out, err }: ConsoleStreams) {
  for (const stream of [out, err])
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  return { out: (line: string) => out.write(line), err: (line: string) => err.write(line) };
}

// Whoever read the console has gone (EPIPE); unheard, the event would end the process.
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
