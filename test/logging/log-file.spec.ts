import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { useLogFile } from '../fixtures/log-file.js';

const log = useLogFile();

describe('The permissions of a log file', () => {
  it('are 0640 when it is created', async () => {
    await log.write(log.open(), 'one');
    expect(log.mode()).toBe('640');
  });

  it('stay unchanged, and are copied to the next file on rotation', async () => {
    writeFileSync(log.path, '');
    chmodSync(log.path, 0o664);
    const file = log.open({ maxSize: 10 });
    await log.write(file, 'first', 'second', 'third');
    expect(['monitor.log', 'monitor.log.1', 'monitor.log.2'].map((name) => log.mode(name))).toEqual([
      '664',
      '664',
      '664',
    ]);
  });

  it('are 0640 for rotated files', async () => {
    await log.write(log.open({ maxSize: 10 }), 'first', 'second');
    expect([log.mode(), log.mode('monitor.log.1')]).toEqual(['640', '640']);
  });
});

describe('The first line after a failure', () => {
  it('starts on a new line when the previous process wrote a partial line', async () => {
    writeFileSync(log.path, 'whole\npart of a li');
    await log.write(log.open(), 'next', 'last');
    expect(log.content()).toBe('whole\npart of a li\nnext\nlast\n');
  });

  const prlimit = spawnSync('prlimit', ['--version']).status === 0;
  it.runIf(prlimit)('starts on a new line when the disk accepted a partial line', async () => {
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
    const file = log.open();
    await log.write(file, 'one');
    limit('10');
    try {
      file.write('two\n');
      file.write('three\n');
      await file.flush();
    } finally {
      limit('unlimited');
    }
    expect(log.content()).toBe('one\ntwo\nth');
    expect(log.events).toEqual(['failed EFBIG']);
    expect(log.lost).toEqual(['three\n']);
    file.reopen();
    await log.write(file, 'four');
    expect(log.content()).toBe('one\ntwo\nth\nfour\n');
    expect(log.events).toEqual(['failed EFBIG', 'recovered']);
  });
});

describe('Reopening a log file', () => {
  it('creates it again after logrotate has moved it, before the next line', async () => {
    const file = log.open();
    await log.write(file, 'one');
    renameSync(log.path, log.directory.file('moved'));
    file.reopen();
    await file.flush();
    expect(log.content()).toBe('');
    expect(log.mode()).toBe('640');
    await log.write(file, 'two');
    expect([log.content('moved'), log.content()]).toEqual(['one\n', 'two\n']);
  });

  it('retries at once, and reports the result', async () => {
    rmSync(log.directory.path, { recursive: true });
    const file = log.open();
    await log.write(file, 'lost');
    file.reopen();
    await file.flush();
    expect(log.events).toEqual(['failed ENOENT', 'failed ENOENT']);
    mkdirSync(log.directory.path);
    file.reopen();
    file.write('queued\n');
    await file.flush();
    expect(log.events).toEqual(['failed ENOENT', 'failed ENOENT', 'recovered']);
    expect(log.content()).toBe('queued\n');
  });

  it('is possible while lines are being written', async () => {
    const file = log.open();
    for (let i = 0; i < 1000; i++) {
      file.write(`${i}\n`);
      if (i % 100 === 0) file.reopen();
    }
    await file.flush();
    expect(log.content()).toBe(Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(''));
  });
});

describe('A disk that does not answer', () => {
  it('holds no lines up for longer than ten seconds, and that is log.events', async () => {
    const file = log.open();
    await file.flush();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    file.write('taken by the disk\n');
    file.write('waiting\n');
    vi.advanceTimersByTime(10_000);
    file.write('later\n');
    expect(log.events).toEqual(['failed no answer from the disk for 10 s']);
    expect(log.lost).toEqual(['waiting\n', 'later\n']);
    // The disk answers after the fake timeout.
    await file.flush();
    expect(log.events).toEqual(['failed no answer from the disk for 10 s', 'recovered']);
    await log.write(file, 'again');
    expect(log.content()).toBe('taken by the disk\nagain\n');
  });
});

describe('The minute until a failed file is tried again', () => {
  it('does not depend on the system clock', async () => {
    rmSync(log.directory.path, { recursive: true });
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const file = log.open();
    await file.flush();
    mkdirSync(log.directory.path);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(61_000);
    await log.write(file, 'one');
    expect(log.content()).toBe('one\n');
  });
});
