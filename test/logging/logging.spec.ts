import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Logger, type LoggerService } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { createLogger, type Logging } from '../../src/logging/logging.js';

const HEAD = String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[recodex-monitor\]`;

class Captured extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

let directory: string;
let out: Captured;
let err: Captured;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logging-spec-'));
  out = new Captured();
  err = new Captured();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

function open(settings: Partial<Settings['logger']> = {}): Logging {
  return createLogger({ ...defaultSettings().logger, ...settings }, { out, err });
}

async function written(log: (logger: LoggerService) => void, settings: Partial<Settings['logger']> = {}) {
  const { logger, flush } = open(settings);
  log(logger);
  await flush();
  return out.lines;
}

describe('A text line', () => {
  it("is the original's, with the fields and the context after it", async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 23, 20, 50, 1, 123) });
    const lines = await written((logger) =>
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
    const lines = await written(
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
    'can be forged neither by a message nor by a field or its name: %j',
    async (evil) => {
      const lines = await written((logger) => logger.log({ message: evil, field: evil, [evil]: 1 }, evil));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
    },
  );

  it('is followed by the stack of an error, indented', async () => {
    const error = new Error('broken\n[2026-01-01 00:00:00,000] [recodex-monitor] [INFO] forged');
    const lines = await written((logger) => {
      logger.error(error, undefined, 'Somewhere');
      logger.error({ message: 'Failed', code: 5 }, error.stack, 'Somewhere');
      logger.fatal?.(error);
    });
    const heads = lines.filter((line) => !line.startsWith('    '));
    expect(heads).toHaveLength(3);
    expect(heads[1]).toMatch(new RegExp(`^${HEAD} \\[ERROR\\] Failed code=5 context=Somewhere$`));
    expect(lines).toContain('    Error: broken');
    expect(lines.some((line) => /^ {4,}at .*logging\.spec/.test(line))).toBe(true);
  });

  it.each(['text', 'json'] as const)('is bounded, however long a field is: %s', async (format) => {
    const lines = await written(
      (logger) => logger.log({ message: 'Message', taskId: '\u007f'.repeat(65_536) }),
      { format },
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]!.length).toBeLessThan(30_000);
    expect(lines[0]).toContain('(65536 characters)');
  });

  it('takes any value as a field without throwing', async () => {
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
    const [line] = await written((logger) => logger.log({ message: 'm', ...fields }));
    expect(line).toContain(' m big=5 none=null list="[1,\\"a\\"]" ');
    expect(line).toContain('error="TypeError: no"');
    expect(line).toContain('text="" flag=false');
  });

  it('keeps the fields of a message that looks like a printf format', async () => {
    const [line] = await written((logger) => logger.log({ message: 'at %s', disk: '/' }, 'Here'));
    expect(line).toMatch(/at %s disk=\/ context=Here$/);
  });
});

describe('A JSON line', () => {
  it('is one object with time, level, message, context and the fields', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T19:00:00.000Z') });
    const lines = await written(
      (logger) => logger.warn({ message: 'a\nb', peer: 'x', time: 'mine' }, 'Here'),
      { format: 'json' },
    );
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-11-23T19:00:00.000Z', level: 'warning', message: 'a\nb', context: 'Here', peer: 'x' },
    ]);
  });

  it('holds a stack and can hold any value', async () => {
    const circular: unknown[] = [];
    circular.push(circular);
    const lines = await written(
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

describe('The logger', () => {
  it("takes Nest's own messages for debug messages, unless they warn", async () => {
    const { logger, flush } = open();
    Logger.overrideLogger(logger);
    new Logger('InstanceLoader').log('AppModule dependencies initialized');
    new Logger('InstanceLoader').warn('A warning');
    new Logger('BrokerService').log('Ours');
    await flush();
    Logger.overrideLogger(['error']);
    expect(out.lines).toEqual([
      expect.stringMatching(/\[WARNING\] A warning context=InstanceLoader$/),
      expect.stringMatching(/\[INFO\] Ours context=BrokerService$/),
    ]);
  });

  it('logs nothing below its level', async () => {
    const lines = await written(
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

  it('writes to the console only, and nothing to disk, by default', async () => {
    await written((logger) => logger.log('m'));
    expect(readdirSync(directory)).toEqual([]);
    expect(err.text).toBe('');
  });

  it('says nothing at all with neither console nor file', async () => {
    expect(await written((logger) => logger.error('m'), { console: false })).toEqual([]);
  });

  it('lives on when the reader of the console has gone', async () => {
    const { logger, flush } = open();
    out.destroy(new Error('EPIPE'));
    logger.log('m');
    await expect(flush()).resolves.toBeUndefined();
  });

  it('says that the system clock was set back, and never goes back itself', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T19:00:00.000Z') });
    const lines = await written(
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

  it('ends a flush after a moment when the console takes nothing', async () => {
    const stuck = new Writable({ write: () => {} });
    const { logger, flush } = createLogger(defaultSettings().logger, { out: stuck, err });
    logger.log('m');
    await expect(flush()).resolves.toBeUndefined();
  });

  it('reopens its file', async () => {
    const path = join(directory, 'monitor.log');
    const { logger, flush, reopen } = open({ file: path });
    logger.log('one');
    await flush();
    renameSync(path, join(directory, 'moved'));
    reopen();
    await flush();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('loses none of many lines of one moment, and goes on after a flush', async () => {
    const path = join(directory, 'monitor.log');
    const { logger, flush } = open({ file: path, 'max-size': 0 });
    for (let i = 0; i < 5000; i++) logger.log(`line ${i}`);
    await flush();
    logger.log('after');
    await flush();
    expect(out.lines).toHaveLength(5001);
    expect(readFileSync(path, 'utf8')).toBe(out.text);
  });
});

describe('The log file', () => {
  it('is appended to, beside the console or instead of it', async () => {
    const path = join(directory, 'monitor.log');
    appendFileSync(path, 'before\n');
    expect(await written((logger) => logger.log('one'), { file: path })).toHaveLength(1);
    out.text = '';
    expect(await written((logger) => logger.log('two'), { file: path, console: false })).toEqual([]);
    expect(readFileSync(path, 'utf8')).toMatch(
      new RegExp(`^before\n${HEAD} \\[INFO\\] one\n${HEAD} \\[INFO\\] two\n$`),
    );
  });

  it("rotates before it grows too large and keeps as many old files as asked, named as Python's", async () => {
    const path = join(directory, 'monitor.log');
    const { logger, flush } = open({ file: path, 'max-size': 200, rotations: 2, console: false });
    // A line has 62 bytes: three fit.
    for (let i = 10; i < 24; i++) logger.log(`message ${i}`);
    await flush();
    expect(readdirSync(directory).toSorted()).toEqual(['monitor.log', 'monitor.log.1', 'monitor.log.2']);
    const numbers = (name: string) =>
      [...readFileSync(join(directory, name), 'utf8').matchAll(/message (\d+)/g)].map(([, n]) => n);
    const kept = ['monitor.log.2', 'monitor.log.1', 'monitor.log'].map(numbers);
    expect(kept).toEqual([
      ['16', '17', '18'],
      ['19', '20', '21'],
      ['22', '23'],
    ]);
  });

  it('counts what it held before the start', async () => {
    const path = join(directory, 'monitor.log');
    appendFileSync(path, 'x'.repeat(190));
    await written((logger) => logger.log('new'), { file: path, 'max-size': 200, rotations: 1 });
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('x'.repeat(190));
    expect(readFileSync(path, 'utf8')).toBe(out.text);
  });

  it.each([
    { 'max-size': 0, rotations: 3 },
    { 'max-size': 50, rotations: 0 },
  ])('is never rotated with %j', async (settings) => {
    const path = join(directory, 'monitor.log');
    await written((logger) => ['a', 'b', 'c'].forEach((text) => logger.log(text)), {
      file: path,
      ...settings,
    });
    expect(readdirSync(directory)).toEqual(['monitor.log']);
  });

  it('is followed when logrotate has moved it away', async () => {
    const path = join(directory, 'monitor.log');
    const { logger, flush } = open({ file: path });
    logger.log('one');
    await flush();
    renameSync(path, join(directory, 'moved'));
    logger.log('two');
    await flush();
    expect(readFileSync(path, 'utf8')).toContain('two');
  });

  it('that cannot be opened is said once, and the console goes on', async () => {
    const path = join(directory, 'missing', 'monitor.log');
    const { logger, flush } = open({ file: path });
    await flush();
    expect(err.lines).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${HEAD} \\[ERROR\\] The log file cannot be written, logging to the console path=${path} error="Error: ENOENT`,
        ),
      ),
    ]);
    for (let i = 0; i < 100; i++) logger.log('m');
    await flush();
    expect(err.lines).toHaveLength(1);
    expect(out.lines).toHaveLength(100);
  });

  it('that cannot be opened lets all lines go to a console that was switched off', async () => {
    const { logger, flush } = open({ file: join(directory, 'missing', 'monitor.log'), console: false });
    logger.log('one');
    await flush();
    logger.log('two');
    await flush();
    expect(err.lines).toHaveLength(1);
    expect(out.lines.map((line) => line.slice(-3))).toEqual(['one', 'two']);
  });

  it('whose disk is full is said once', async () => {
    const { logger, flush } = open({ file: '/dev/full', console: false });
    for (const text of ['one', 'two']) {
      logger.log(text);
      await flush();
    }
    expect(err.lines).toEqual([expect.stringContaining('ENOSPC')]);
    expect(out.lines).toHaveLength(2);
  });

  it('whose directory vanishes is tried again after a minute, and its return is said once', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const inner = join(directory, 'inner');
    mkdirSync(inner);
    const path = join(inner, 'monitor.log');
    const { logger, flush } = open({ file: path });
    const log = async (text: string) => {
      logger.log(text);
      await flush();
    };
    await log('one');
    rmSync(inner, { recursive: true });
    await log('two');
    mkdirSync(inner);
    await log('three');
    expect(existsSync(path)).toBe(false);
    vi.advanceTimersByTime(61_000);
    await log('four');
    await log('five');
    expect(readFileSync(path, 'utf8')).toMatch(/four\n.*five\n$/);
    expect(err.lines.map((line) => /\[(?:ERROR|INFO)\] The log file [a-z ]+/.exec(line)?.[0])).toEqual([
      '[ERROR] The log file cannot be written',
      '[INFO] The log file is written again path',
    ]);
    expect(out.lines).toHaveLength(5);
  });
});
