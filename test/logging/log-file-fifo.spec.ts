import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useLogFile } from '../fixtures/log-file.js';

const log = useLogFile();

describe('A FIFO as log file', () => {
  beforeEach(() => execFileSync('mkfifo', [log.path]));

  it('without a reader fails at once', async () => {
    const file = log.open();
    await log.write(file, 'one');
    expect(log.events).toEqual(['failed ENXIO']);
    expect(log.lost).toEqual(['one\n']);
  });

  it('with a reader stays open between two lines', async () => {
    const reader = openSync(log.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = log.open();
    await log.write(file, 'one', 'two');
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('one\ntwo\n');
    // EAGAIN and not the end of the file: a reader such as `cat` keeps reading.
    expect(() => readSync(reader, buffer)).toThrow('EAGAIN');
    closeSync(reader);
  });

  it('with a slow reader gets all lines', async () => {
    const reader = openSync(log.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = log.open();
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
    expect(log.events).toEqual([]);
    closeSync(reader);
  });

  it('with a reader that reads nothing for ten seconds fails', async () => {
    const reader = openSync(log.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = log.open();
    await file.flush();
    for (let i = 0; i < 200; i++) file.write(`${'x'.repeat(999)}\n`);
    vi.useFakeTimers({ toFake: ['performance'] });
    const flushed = file.flush();
    // Each step of the clock is as long as the write timeout.
    const clock = setInterval(() => vi.advanceTimersByTime(10_000), 5);
    await flushed;
    clearInterval(clock);
    expect(log.events).toEqual(['failed EAGAIN']);
    // A pipe holds 64 KiB.
    expect(log.lost.length).toBeGreaterThan(100);
    closeSync(reader);
  });
});
