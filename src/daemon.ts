import { constants } from 'node:os';
import { resolve } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { AppModule } from './app.module.js';
import { APP_OPTIONS, startApp } from './app.setup.js';
import { EXIT_REQUESTED } from './broker/broker.service.js';
import type { Configuration } from './config/load.js';
import { tuneHeap } from './heap.js';
import { createLogger } from './logging/logging.js';

/**
 * Runs the monitor until SIGTERM, SIGINT or a permitted exit message. `exit` is called with 0 after a graceful
 * shutdown, with 1 when it took longer than `shutdown.deadline`, with 128 + n at a second signal. Rejects, with an
 * error for the operator, when an address can't be had.
 */
export async function runDaemon(
  { settings, file, warnings, version }: Configuration & { version: string },
  exit: (code: number) => never,
): Promise<void> {
  tuneHeap();
  const { logger, flush } = createLogger(settings.logger);
  logger.log({
    message: 'Starting recodex-monitor',
    version,
    node: process.versions.node,
    configuration: file === undefined ? 'defaults' : resolve(file),
  });
  for (const warning of warnings) logger.warn(warning);
  const app = await NestFactory.create(AppModule.forRoot(settings), {
    ...APP_OPTIONS,
    logger,
    abortOnError: false,
  });

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return exit(128 + constants.signals[signal]);
    stopping = true;
    logger.log({ message: 'Shutting down', signal });
    setTimeout(() => {
      logger.error('The shutdown took longer than shutdown.deadline');
      exit(1);
    }, settings.shutdown.deadline * 1000).unref();
    void app
      .close()
      .then(flush)
      .then(() => exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  app.get(EventEmitter2).once(EXIT_REQUESTED, () => stop('SIGTERM'));

  try {
    await startApp(app);
    logger.log('Ready');
  } catch (error) {
    await app.close().catch(() => {});
    await flush();
    throw error;
  }
}
