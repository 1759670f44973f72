import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { LINE_HEAD, useLoggerOutput } from '../fixtures/logger.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const output = useLoggerOutput();
const directory = useTemporaryDirectory();

describe('The log file', () => {
  it('is appended to, with or without the console', async () => {
    const path = directory.file('monitor.log');
    appendFileSync(path, 'before\n');
    expect(await output.linesOf((logger) => logger.log('one'), { file: path })).toHaveLength(1);
    output.out.text = '';
    expect(await output.linesOf((logger) => logger.log('two'), { file: path, console: false })).toEqual([]);
    expect(readFileSync(path, 'utf8')).toMatch(
      new RegExp(`^before\n${LINE_HEAD} \\[INFO\\] one\n${LINE_HEAD} \\[INFO\\] two\n$`),
    );
  });

  it("rotates before it exceeds its size, and keeps old files with Python's names", async () => {
    const path = directory.file('monitor.log');
    const { logger, flush } = output.createLogger({
      file: path,
      'max-size': 200,
      rotations: 2,
      console: false,
    });
    // A line has 62 bytes: three fit.
    for (let i = 10; i < 24; i++) logger.log(`message ${i}`);
    await flush();
    expect(readdirSync(directory.path).toSorted()).toEqual(['monitor.log', 'monitor.log.1', 'monitor.log.2']);
    const numbers = (name: string) =>
      [...readFileSync(directory.file(name), 'utf8').matchAll(/message (\d+)/g)].map(([, n]) => n);
    const kept = ['monitor.log.2', 'monitor.log.1', 'monitor.log'].map(numbers);
    expect(kept).toEqual([
      ['16', '17', '18'],
      ['19', '20', '21'],
      ['22', '23'],
    ]);
  });

  it('counts its content before the start', async () => {
    const path = directory.file('monitor.log');
    appendFileSync(path, 'x'.repeat(190));
    await output.linesOf((logger) => logger.log('new'), { file: path, 'max-size': 200, rotations: 1 });
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('x'.repeat(190));
    expect(readFileSync(path, 'utf8')).toBe(output.out.text);
  });

  it.each([
    { 'max-size': 0, rotations: 3 },
    { 'max-size': 50, rotations: 0 },
  ])('is never rotated with %j', async (settings) => {
    const path = directory.file('monitor.log');
    await output.linesOf((logger) => ['a', 'b', 'c'].forEach((text) => logger.log(text)), {
      file: path,
      ...settings,
    });
    expect(readdirSync(directory.path)).toEqual(['monitor.log']);
  });

  it('is created again when logrotate has moved it', async () => {
    const path = directory.file('monitor.log');
    const { logger, flush } = output.createLogger({ file: path });
    logger.log('one');
    await flush();
    renameSync(path, directory.file('moved'));
    logger.log('two');
    await flush();
    expect(readFileSync(path, 'utf8')).toContain('two');
  });

  it('that cannot be opened is reported once, and the console keeps working', async () => {
    const path = directory.file('missing/monitor.log');
    const { logger, flush } = output.createLogger({ file: path });
    await flush();
    expect(output.err.lines).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${LINE_HEAD} \\[ERROR\\] The log file cannot be written, logging to the console path=${path} error="Error: ENOENT`,
        ),
      ),
    ]);
    for (let i = 0; i < 100; i++) logger.log('m');
    await flush();
    expect(output.err.lines).toHaveLength(1);
    expect(output.out.lines).toHaveLength(100);
  });

  it('that cannot be opened is replaced by the console, even when the console is off', async () => {
    const { logger, flush } = output.createLogger({
      file: directory.file('missing/monitor.log'),
      console: false,
    });
    logger.log('one');
    await flush();
    logger.log('two');
    await flush();
    expect(output.err.lines).toHaveLength(1);
    expect(output.out.lines.map((line) => line.slice(-3))).toEqual(['one', 'two']);
  });

  it('on a full disk is reported once', async () => {
    const { logger, flush } = output.createLogger({ file: '/dev/full', console: false });
    for (const text of ['one', 'two']) {
      logger.log(text);
      await flush();
    }
    expect(output.err.lines).toEqual([expect.stringContaining('ENOSPC')]);
    expect(output.out.lines).toHaveLength(2);
  });

  it('in a removed directory is retried after a minute, and its recovery is reported once', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const inner = directory.file('inner');
    mkdirSync(inner);
    const path = directory.file('inner/monitor.log');
    const { logger, flush } = output.createLogger({ file: path });
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
    expect(output.err.lines.map((line) => /\[(?:ERROR|INFO)\] The log file [a-z ]+/.exec(line)?.[0])).toEqual(
      ['[ERROR] The log file cannot be written', '[INFO] The log file is written again path'],
    );
    expect(output.out.lines).toHaveLength(5);
  });
});
