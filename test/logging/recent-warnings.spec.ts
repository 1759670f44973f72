import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/config/settings.js';
import { ThrottledWarning } from '../../src/logging/throttled-warning.js';
import { useLoggerOutput } from '../fixtures/logger.js';

const output = useLoggerOutput();

describe('The recent warnings', () => {
  it('are the warnings and errors of the log, the newest first, with their fields', () => {
    const { logger, warnings } = output.createLogger();
    logger.log('not a warning');
    logger.warn({ message: 'A', attempt: 2, nested: { a: 1 }, absent: undefined }, 'Here');
    logger.error('B');
    logger.fatal?.('C');
    expect(warnings.total).toBe(3);
    expect(warnings.list()).toEqual([
      { time: expect.any(Number) as number, level: 'critical', message: 'C', fields: {}, count: 1 },
      { time: expect.any(Number) as number, level: 'error', message: 'B', fields: {}, count: 1 },
      {
        time: expect.any(Number) as number,
        level: 'warning',
        message: 'A',
        fields: { attempt: 2, nested: '{"a":1}', context: 'Here' },
        count: 1,
      },
    ]);
  });

  it('count equal warnings, and keep the fields of the last one', () => {
    const { logger, warnings } = output.createLogger();
    logger.warn({ message: 'A', attempt: 1 });
    logger.warn({ message: 'B' });
    logger.warn({ message: 'A', attempt: 2 });
    expect(warnings.list().map(({ message, fields, count }) => ({ message, fields, count }))).toEqual([
      { message: 'A', fields: { attempt: 2 }, count: 2 },
      { message: 'B', fields: {}, count: 1 },
    ]);
  });

  it('are at most 100', () => {
    const { logger, warnings } = output.createLogger();
    for (let number = 1; number <= 101; number++) logger.warn(`warning ${number}`);
    expect(warnings.list()).toHaveLength(100);
    expect(warnings.list().at(-1)?.message).toBe('warning 2');
    expect(warnings.total).toBe(101);
  });

  it('shorten long texts', () => {
    const { logger, warnings } = output.createLogger();
    logger.warn({ message: 'm'.repeat(10_000), field: 'f'.repeat(10_000) });
    const [warning] = warnings.list();
    expect(JSON.stringify(warning).length).toBeLessThan(1200);
  });

  it('keep the stack of an error', () => {
    const { logger, warnings } = output.createLogger();
    logger.error(new Error('broken'));
    expect(warnings.list()[0]?.fields.stack).toMatch(/^Error: broken\n {4}at /);
  });

  it.each([{ level: 'critical' as const }, { console: false }])(
    'are kept although %j logs no warning',
    async (settings) => {
      const { logger, warnings, flush } = output.createLogger(settings);
      logger.warn('A');
      await flush();
      expect(output.out.lines).toEqual([]);
      expect(warnings.list()).toMatchObject([{ message: 'A' }]);
    },
  );

  it('have what a throttled warning logs', () => {
    const { logger, warnings } = output.createLogger();
    Logger.overrideLogger(logger);
    const warning = new ThrottledWarning(new Logger('Test'), 'Often');
    for (let times = 0; times < 5; times++) warning.warn({ reason: 'x' });
    Logger.overrideLogger(['error']);
    expect(warnings.list()).toMatchObject([
      { message: 'Often', fields: { reason: 'x', times: 1, context: 'Test' }, count: 1 },
    ]);
  });
});

describe('The level', () => {
  it('takes effect when it changes', async () => {
    const settings = defaultSettings().logger;
    const { logger, flush } = output.createLogger(settings);
    const log = (): void => {
      logger.debug?.(`debug at ${settings.level}`);
      logger.log(`info at ${settings.level}`);
      logger.log(`nest at ${settings.level}`, 'InstanceLoader');
    };
    log();
    settings.level = 'debug';
    log();
    settings.level = 'error';
    log();
    await flush();
    expect(output.out.lines.map((line) => line.replace(/.*\] \[/, '['))).toEqual([
      '[INFO] info at info',
      '[DEBUG] debug at debug',
      '[INFO] info at debug',
      '[DEBUG] nest at debug context=InstanceLoader',
    ]);
  });
});
