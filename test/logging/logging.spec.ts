import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { Writable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../src/config/settings.js';
import { createLogger } from '../../src/logging/logging.js';
import { useLoggerOutput } from '../fixtures/logger.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const output = useLoggerOutput();
const directory = useTemporaryDirectory();

describe('The logger', () => {
  it("logs Nest's start messages at debug, except warnings", async () => {
    const { logger, flush } = output.createLogger();
    Logger.overrideLogger(logger);
    new Logger('InstanceLoader').log('AppModule dependencies initialized');
    new Logger('InstanceLoader').warn('A warning');
    new Logger('BrokerService').log('Ours');
    await flush();
    Logger.overrideLogger(['error']);
    expect(output.out.lines).toEqual([
      expect.stringMatching(/\[WARNING\] A warning context=InstanceLoader$/),
      expect.stringMatching(/\[INFO\] Ours context=BrokerService$/),
    ]);
  });

  it('logs nothing below its level', async () => {
    const lines = await output.linesOf(
      (logger) => {
        logger.debug?.('no');
        logger.log('no');
        logger.warn('no');
        logger.error('yes');
        logger.fatal?.('yes');
      },
      { level: 'error' },
    );
    expect(lines).toHaveLength(2);
  });

  it('writes only to the console by default', async () => {
    await output.linesOf((logger) => logger.log('m'));
    expect(readdirSync(directory.path)).toEqual([]);
    expect(output.err.text).toBe('');
  });

  it('logs nothing without console and file', async () => {
    expect(await output.linesOf((logger) => logger.error('m'), { console: false })).toEqual([]);
  });

  it('keeps working when the reader of the console has closed it', async () => {
    const { logger, flush } = output.createLogger();
    output.out.destroy(new Error('EPIPE'));
    logger.log('m');
    await expect(flush()).resolves.toBeUndefined();
  });

  it('reports that the system clock was set back, and logs no earlier times', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T19:00:00.000Z') });
    const lines = await output.linesOf(
      (logger) => {
        logger.log('before');
        vi.setSystemTime(Date.now() - 3_600_000);
        logger.log('after');
      },
      { format: 'json' },
    );
    const entries = lines.map((line) => JSON.parse(line) as { time: string; message: string });
    expect(entries.map(({ message }) => message)).toEqual([
      'before',
      'after',
      'The system clock was set back: log times advance slowly until it catches up',
    ]);
    expect(entries.map(({ time }) => time)).toEqual(entries.map(({ time }) => time).toSorted());
    expect(entries[1]!.time).toMatch(/^2026-11-23T19:00:00/);
  });

  it('ends a flush after a timeout when the console accepts nothing', async () => {
    const stuck = new Writable({ write: () => {} });
    const { logger, flush } = createLogger(defaultSettings().logger, { out: stuck, err: output.err });
    logger.log('m');
    await expect(flush()).resolves.toBeUndefined();
  });

  it('reopens its file', async () => {
    const path = directory.file('monitor.log');
    const { logger, flush, reopen } = output.createLogger({ file: path });
    logger.log('one');
    await flush();
    renameSync(path, directory.file('moved'));
    reopen();
    await flush();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('loses none of many lines in one turn, and continues after a flush', async () => {
    const path = directory.file('monitor.log');
    const { logger, flush } = output.createLogger({ file: path, 'max-size': 0 });
    for (let i = 0; i < 5000; i++) logger.log(`line ${i}`);
    await flush();
    logger.log('after');
    await flush();
    expect(output.out.lines).toHaveLength(5001);
    expect(readFileSync(path, 'utf8')).toBe(output.out.text);
  });
});
