import { once } from 'node:events';
import { Logger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Program } from '../admin/program.js';
import { ConfigurationSource } from '../config/configuration-source.js';
import type { Configuration } from '../config/load.js';
import { SettingsStore } from '../config/settings.store.js';
import { JournalService } from '../journal/journal.service.js';
import { createLogger, type Logging } from '../logging/logging.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { EXIT_REQUESTED, LEASE_LOST, type BrokerEvents } from '../messages/broker-events.js';
import { startWatchdog, type ProcessExit } from '../process/exit.js';
import { handleSignals } from '../process/signals.js';
import { SystemdNotifier } from '../process/systemd.js';
import { ReloadRefusedError } from '../reload/reload-refused-error.js';
import { ReloadService } from '../reload/reload.service.js';
import { errorStack } from '../text/error-text.js';
import { AppModule } from './app.module.js';
import { APP_OPTIONS, startApp } from './bootstrap.js';

/** Milliseconds that the last log lines may take when the process ends without a complete shutdown. */
const LAST_LINES_TIMEOUT = 200;

/** Milliseconds that a start in progress may take when the shutdown begins. */
const START_TIMEOUT = 1000;

/** EX_TEMPFAIL of sysexits.h: the supervisor starts the process again, and it waits for the lease. */
const LEASE_LOST_EXIT_CODE = 75;

/** Seconds after `shutdown.deadline` at which the watchdog kills a process with a blocked main thread. */
const WATCHDOG_DELAY = 1;

/**
 * Runs the monitor until a signal or a permitted exit message stops it. Exits with 0 after a graceful shutdown, also
 * when the signal comes during the start, with 75 when another process has taken over its lease, and with 1 when the
 * shutdown takes longer than `shutdown.deadline`. Rejects
 * with an error for the operator when an address can't be bound.
 */
export async function runDaemon(
  { settings, file, warnings, version }: Configuration & { version: string },
  exit: ProcessExit,
): Promise<void> {
  const store = new SettingsStore(settings);
  // The group of the store, so that a change of the level takes effect.
  const logging = createLogger(store.settings.logger);
  const { logger } = logging;
  Logger.overrideLogger(logger);
  const program = new Program(version, file === undefined ? null : resolve(file), logging.warnings);
  logger.log({
    message: 'Starting recodex-monitor',
    version,
    node: process.versions.node,
    configuration: program.configurationFile ?? 'defaults',
  });
  for (const warning of warnings) logger.warn(warning);
  const notifyFailed = new ThrottledWarning(new Logger('Systemd'), 'Reporting to systemd failed');
  const systemd = new SystemdNotifier(process.env, (reason) => notifyFailed.warn({ reason }));
  const stop = new AbortController();
  stop.signal.addEventListener('abort', () => {
    // Before the log line, which may block on a terminal that reads no output.
    startDeadline(store.settings.shutdown.deadline, logging, exit);
    systemd.stopping();
    logger.log({ message: 'Shutting down', reason: String(stop.signal.reason) });
  });
  const reload = new ReloadService(store, new ConfigurationSource(file, process.env));
  reactToSignals(stop, { logging, systemd, reload, exit });
  let exitCode = 0;
  const options = { ...APP_OPTIONS, logger, abortOnError: false };
  const app = await NestFactory.create(AppModule.forRoot(store, program, reload), options);
  app.get<EventEmitter2, BrokerEvents>(EventEmitter2).once(EXIT_REQUESTED, () => stop.abort('exit message'));
  app.get<EventEmitter2, BrokerEvents>(EventEmitter2).once(LEASE_LOST, () => {
    exitCode = LEASE_LOST_EXIT_CODE;
    stop.abort('another process takes the messages');
  });

  endOnUnexpectedError(app.get(JournalService), logging, exit);
  if (!stop.signal.aborted) await start(app, stop.signal, logging);
  if (!stop.signal.aborted) {
    systemd.ready();
    await once(stop.signal, 'abort');
  }
  await app.close();
  await logging.flush();
  await exit.whenIdle(exitCode);
}

/** Resolves when the application has started, or when the shutdown has begun. An error of the start is then ignored. */
async function start(app: INestApplication, stop: AbortSignal, { logger, flush }: Logging): Promise<void> {
  const started = startApp(app).then(
    () => void (stop.aborted || logger.log('Ready')),
    async (error: unknown) => {
      if (stop.aborted) return;
      await app.close().catch(() => {});
      await Promise.race([flush(), wait(LAST_LINES_TIMEOUT)]);
      throw error;
    },
  );
  const stopped = new Promise((resolve) => stop.addEventListener('abort', resolve));
  await Promise.race([started, stopped.then(() => wait(START_TIMEOUT))]);
}

/**
 * An error that no code has expected may have left any object half changed. So the process writes what the journal
 * lacks, and exits with 1: the supervisor restarts it.
 */
function endOnUnexpectedError(journal: JournalService, { logger, flush }: Logging, exit: ProcessExit): void {
  process.once('uncaughtException', (error, origin) => {
    // Errors that follow from this one.
    process.on('uncaughtException', () => {});
    logger.error({
      message: 'The monitor ends because of an unexpected error',
      origin,
      error: errorStack(error),
    });
    journal.crash();
    void Promise.race([flush(), wait(LAST_LINES_TIMEOUT)]).then(() => exit.soon(1));
  });
}

/** The objects that signals concern. */
interface SignalTargets {
  readonly logging: Logging;
  readonly systemd: SystemdNotifier;
  readonly reload: ReloadService;
  readonly exit: ProcessExit;
}

function reactToSignals(stop: AbortController, { logging, systemd, reload, exit }: SignalTargets): void {
  const ignored = new ThrottledWarning(new Logger('Signals'), 'Ignored a signal');
  handleSignals({
    stop: (signal) => stop.abort(signal),
    stopNow: (signal) => void exit.soon(128 + constants.signals[signal]),
    hangUp() {
      void systemd.reload(async () => {
        logging.logger.log('Opening the log file again, because of SIGHUP');
        logging.reopen();
        await reload.reload('SIGHUP').catch(ignoreRefusal);
      });
    },
    ignored: (signal) => ignored.warn({ signal }),
  });
}

/** A refused reload is in the log already. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof ReloadRefusedError)) throw error;
}

function startDeadline(seconds: number, { logger, flush }: Logging, exit: ProcessExit): void {
  startWatchdog(seconds + WATCHDOG_DELAY);
  setTimeout(() => {
    logger.error('The shutdown took longer than shutdown.deadline');
    void Promise.race([flush(), wait(LAST_LINES_TIMEOUT)]).then(() => exit.soon(1));
  }, seconds * 1000);
}
