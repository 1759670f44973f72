import { describe, expect, it, vi } from 'vitest';
import { LINE_HEAD, useLoggerOutput } from '../fixtures/logger.js';

const output = useLoggerOutput();

describe('A text line', () => {
  it('is a line of the original, followed by the fields and the context', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 23, 20, 50, 1, 123) });
    const lines = await output.linesOf((logger) =>
      logger.log(
        { message: 'Broker connected', peer: 'tcp://10.0.0.1:1', note: 'two words', left: undefined },
        'BrokerService',
      ),
    );
    expect(lines).toEqual([
      '[2026-11-23 20:50:01,123] [recodex-monitor] [INFO] Broker connected peer=tcp://10.0.0.1:1 note="two words" context=BrokerService',
    ]);
  });

  it("has the original's five level names for Nest's six methods", async () => {
    const lines = await output.linesOf(
      (logger) => {
        logger.fatal?.('m');
        logger.error('m');
        logger.warn('m');
        logger.log('m');
        logger.debug?.('m');
        logger.verbose?.('m');
      },
      { level: 'debug' },
    );
    expect(lines.map((line) => /\[([A-Z]+)\] m$/.exec(line)?.[1])).toEqual([
      'CRITICAL',
      'ERROR',
      'WARNING',
      'INFO',
      'DEBUG',
      'DEBUG',
    ]);
  });

  it.each(['a\nb', 'a\r\nb', 'a\u2028b', 'a\u0085b', 'a\u001b[2Kb', 'a\u202eb', 'a\u0000b', 'a\tb'])(
    "can't be forged by a message, a field or the name of a field: %j",
    async (evil) => {
      const lines = await output.linesOf((logger) =>
        logger.log({ message: evil, field: evil, [evil]: 1 }, evil),
      );
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
    },
  );

  it('is followed by the stack of an error, indented', async () => {
    const error = new Error('broken\n[2026-01-01 00:00:00,000] [recodex-monitor] [INFO] forged');
    const lines = await output.linesOf((logger) => {
      logger.error(error, undefined, 'Somewhere');
      logger.error({ message: 'Failed', code: 5 }, error.stack, 'Somewhere');
      logger.fatal?.(error);
    });
    const heads = lines.filter((line) => !line.startsWith('    '));
    expect(heads).toHaveLength(3);
    expect(heads[1]).toMatch(new RegExp(`^${LINE_HEAD} \\[ERROR\\] Failed code=5 context=Somewhere$`));
    expect(lines).toContain('    Error: broken');
    expect(lines.some((line) => /^ {4,}at .*line\.spec/.test(line))).toBe(true);
  });

  it.each(['text', 'json'] as const)('has a maximum length, also with a long field: %s', async (format) => {
    const lines = await output.linesOf(
      (logger) => logger.log({ message: 'Message', taskId: '\u007f'.repeat(65_536) }),
      { format },
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]!.length).toBeLessThan(30_000);
    expect(lines[0]).toContain('(65536 characters)');
  });

  it('represents any value of a field', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const fields = {
      big: 5n,
      none: null,
      list: [1, 'a'],
      error: new TypeError('no'),
      circular,
      text: '',
      flag: false,
    };
    const [line] = await output.linesOf((logger) => logger.log({ message: 'm', ...fields }));
    expect(line).toContain(' m big=5 none=null list="[1,\\"a\\"]" ');
    expect(line).toContain('error="TypeError: no"');
    expect(line).toContain('text="" flag=false');
  });

  it('keeps the fields of a message that contains a printf format', async () => {
    const [line] = await output.linesOf((logger) => logger.log({ message: 'at %s', disk: '/' }, 'Here'));
    expect(line).toMatch(/at %s disk=\/ context=Here$/);
  });
});

describe('A JSON line', () => {
  it('is one object with time, level, message, context and the fields', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T19:00:00.000Z') });
    const lines = await output.linesOf(
      (logger) => logger.warn({ message: 'a\nb', peer: 'x', time: 'mine' }, 'Here'),
      { format: 'json' },
    );
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-11-23T19:00:00.000Z', level: 'warning', message: 'a\nb', context: 'Here', peer: 'x' },
    ]);
  });

  it('contains a stack and any value', async () => {
    const circular: unknown[] = [];
    circular.push(circular);
    const lines = await output.linesOf(
      (logger) => {
        logger.error(new Error('broken'));
        logger.log({ message: 'm', big: 5n, line: 'a\u2028b' });
        logger.log({ message: 'm', circular });
      },
      { format: 'json' },
    );
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      message: 'broken',
      stack: expect.stringContaining('\n    at '),
    });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ big: '5', line: 'a\u2028b' });
    expect(lines[1]).not.toContain('\u2028');
    expect(JSON.parse(lines[2] ?? '')).toHaveProperty('unprintable');
  });
});
