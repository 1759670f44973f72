import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogFile } from '../../src/logging/log-file.js';

let directory: string;
let path: string;
let said: string[];
let lost: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-file-spec-'));
  path = join(directory, 'monitor.log');
  said = [];
  lost = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

function open({ maxSize = 0, rotations = 3 } = {}): LogFile {
  const say = (what: string) => (error: unknown) =>
    void said.push(`${what} ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  return new LogFile(
    { path, maxSize, rotations },
    {
      failed: say('failed'),
      recovered: () => said.push('recovered'),
      rotationFailed: say('not rotated'),
      lost: (lines) => lost.push(...lines),
    },
  );
}

async function write(file: LogFile, ...lines: string[]): Promise<void> {
  for (const line of lines) {
    file.write(`${line}\n`);
    await file.flush();
  }
}

function content(name = 'monitor.log'): string {
  return readFileSync(join(directory, name), 'utf8');
}

function mode(name = 'monitor.log'): string {
  return (statSync(join(directory, name)).mode & 0o777).toString(8);
}

describe('The permissions of a log file', () => {
  it('are 0640 when it is created', async () => {
    await write(open(), 'one');
    expect(mode()).toBe('640');
  });

  it('stay as they are, and are handed on when it is rotated', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o664);
    const file = open({ maxSize: 10 });
    await write(file, 'first', 'second', 'third');
    expect(['monitor.log', 'monitor.log.1', 'monitor.log.2'].map(mode)).toEqual(['664', '664', '664']);
  });

  it('are 0640 for rotated files, too', async () => {
    await write(open({ maxSize: 10 }), 'first', 'second');
    expect([mode(), mode('monitor.log.1')]).toEqual(['640', '640']);
  });
});

describe('A FIFO as log file', () => {
  beforeEach(() => execFileSync('mkfifo', [path]));

  it('without a reader fails at once, and blocks nothing', async () => {
    const file = open();
    await write(file, 'one');
    expect(said).toEqual(['failed ENXIO']);
    expect(lost).toEqual(['one\n']);
  });

  it('with a reader stays open between two lines', async () => {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = open();
    await write(file, 'one', 'two');
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('one\ntwo\n');
    // Nothing to read, but no end of file: a reader such as `cat` goes on.
    expect(() => readSync(reader, buffer)).toThrow('EAGAIN');
    closeSync(reader);
  });

  it('whose reader takes a while gets everything', async () => {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = open();
    const line = `${'x'.repeat(999)}\n`;
    for (let i = 0; i < 200; i++) file.write(line);
    let done = false;
    const flushed = file.flush().then(() => (done = true));
    const buffer = Buffer.alloc(1024 * 1024);
    let length = 0;
    while (!done || length < 200_000) {
      try {
        length += readSync(reader, buffer, length, buffer.length - length, null);
      } catch {
        // EAGAIN
      }
      await new Promise(setImmediate);
    }
    await flushed;
    expect(buffer.toString('utf8', 0, length)).toBe(line.repeat(200));
    expect(said).toEqual([]);
    closeSync(reader);
  });

  it('whose reader takes nothing for ten seconds has failed', async () => {
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = open();
    await file.flush();
    for (let i = 0; i < 200; i++) file.write(`${'x'.repeat(999)}\n`);
    vi.useFakeTimers({ toFake: ['performance'] });
    const flushed = file.flush();
    // The clock goes on in steps that are as long as the patience.
    const clock = setInterval(() => vi.advanceTimersByTime(10_000), 5);
    await flushed;
    clearInterval(clock);
    expect(said).toEqual(['failed EAGAIN']);
    // A pipe holds 64 KiB.
    expect(lost.length).toBeGreaterThan(100);
    closeSync(reader);
  });
});

describe('A rotation that is not possible', () => {
  // A file can't replace a directory: the simplest of the ways in which renaming fails, also for root.
  beforeEach(() => mkdirSync(`${path}.1`));

  it('is said once, and the file grows', async () => {
    const file = open({ maxSize: 10, rotations: 1 });
    await write(file, 'first', 'second', 'third', 'fourth');
    expect(content()).toBe('first\nsecond\nthird\nfourth\n');
    expect(said).toEqual(['not rotated EISDIR']);
    expect(lost).toEqual([]);
  });

  it('is tried again after a minute of the monotonic clock', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const file = open({ maxSize: 10, rotations: 1 });
    await write(file, 'first', 'second');
    rmdirSync(`${path}.1`);
    await write(file, 'third');
    expect(existsSync(`${path}.1`)).toBe(false);
    vi.advanceTimersByTime(61_000);
    await write(file, 'fourth');
    expect(content('monitor.log.1')).toBe('first\nsecond\nthird\n');
    expect(content()).toBe('fourth\n');
  });

  it('costs none of the old files, however often it is tried', async () => {
    rmdirSync(`${path}.1`);
    writeFileSync(`${path}.1`, 'old 1');
    writeFileSync(`${path}.2`, 'old 2');
    mkdirSync(`${path}.3`);
    vi.useFakeTimers({ toFake: ['performance'] });
    const file = open({ maxSize: 10, rotations: 3 });
    for (let i = 0; i < 5; i++) {
      await write(file, `line ${i}`);
      vi.advanceTimersByTime(61_000);
    }
    expect([content('monitor.log.1'), content('monitor.log.2')]).toEqual(['old 1', 'old 2']);
  });

  it('ends even where renaming says that it succeeded', async () => {
    rmdirSync(`${path}.1`);
    writeFileSync(path, 'long enough to be rotated\n');
    // rename(2) does nothing when both names are links to one file.
    linkSync(path, `${path}.1`);
    await write(open({ maxSize: 10, rotations: 1 }), 'first', 'second');
    expect(content()).toMatch(/first\nsecond\n$/);
  });
});

describe('The first line after a failure', () => {
  it('starts on a new line when the process before left part of one', async () => {
    writeFileSync(path, 'whole\npart of a li');
    await write(open(), 'next', 'last');
    expect(content()).toBe('whole\npart of a li\nnext\nlast\n');
  });

  const prlimit = spawnSync('prlimit', ['--version']).status === 0;
  it.runIf(prlimit)('starts on a new line when the disk took part of one', async () => {
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
    const file = open();
    await write(file, 'one');
    limit('10');
    try {
      file.write('two\n');
      file.write('three\n');
      await file.flush();
    } finally {
      limit('unlimited');
    }
    expect(content()).toBe('one\ntwo\nth');
    expect(said).toEqual(['failed EFBIG']);
    expect(lost).toEqual(['three\n']);
    file.reopen();
    await write(file, 'four');
    expect(content()).toBe('one\ntwo\nth\nfour\n');
    expect(said).toEqual(['failed EFBIG', 'recovered']);
  });
});

describe('Reopening a log file', () => {
  it('creates it again after logrotate has moved it away, without a line to write', async () => {
    const file = open();
    await write(file, 'one');
    renameSync(path, join(directory, 'moved'));
    file.reopen();
    await file.flush();
    expect(content()).toBe('');
    expect(mode()).toBe('640');
    await write(file, 'two');
    expect([content('moved'), content()]).toEqual(['one\n', 'two\n']);
  });

  it('tries at once what would be tried in a minute, and says how that went', async () => {
    rmSync(directory, { recursive: true });
    const file = open();
    await write(file, 'lost');
    file.reopen();
    await file.flush();
    expect(said).toEqual(['failed ENOENT', 'failed ENOENT']);
    mkdirSync(directory);
    file.reopen();
    file.write('queued\n');
    await file.flush();
    expect(said).toEqual(['failed ENOENT', 'failed ENOENT', 'recovered']);
    expect(content()).toBe('queued\n');
  });

  it('may come while lines are being written', async () => {
    const file = open();
    for (let i = 0; i < 1000; i++) {
      file.write(`${i}\n`);
      if (i % 100 === 0) file.reopen();
    }
    await file.flush();
    expect(content()).toBe(Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(''));
  });
});

describe('A disk that does not answer', () => {
  it('holds no lines up for longer than ten seconds, and that is said', async () => {
    const file = open();
    await file.flush();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    file.write('taken by the disk\n');
    file.write('waiting\n');
    vi.advanceTimersByTime(10_000);
    file.write('later\n');
    expect(said).toEqual(['failed no answer from the disk for 10 s']);
    expect(lost).toEqual(['waiting\n', 'later\n']);
    // Here the disk answers.
    await file.flush();
    expect(said).toEqual(['failed no answer from the disk for 10 s', 'recovered']);
    await write(file, 'again');
    expect(content()).toBe('taken by the disk\nagain\n');
  });
});

describe('The minute until a failed file is tried again', () => {
  it('does not depend on the system clock', async () => {
    rmSync(directory, { recursive: true });
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const file = open();
    await file.flush();
    mkdirSync(directory);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(61_000);
    await write(file, 'one');
    expect(content()).toBe('one\n');
  });
});
