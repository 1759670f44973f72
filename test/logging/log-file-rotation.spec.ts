import { existsSync, mkdirSync, linkSync, rmdirSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useLogFile } from '../fixtures/log-file.js';

const log = useLogFile();

describe('A rotation that is not possible', () => {
  // Renaming a file to an existing directory fails, also for root.
  beforeEach(() => mkdirSync(`${log.path}.1`));

  it('is log.events once, and the file grows', async () => {
    const file = log.open({ maxSize: 10, rotations: 1 });
    await log.write(file, 'first', 'second', 'third', 'fourth');
    expect(log.content()).toBe('first\nsecond\nthird\nfourth\n');
    expect(log.events).toEqual(['rotation failed EISDIR']);
    expect(log.lost).toEqual([]);
  });

  it('is tried again after a minute of the monotonic clock', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const file = log.open({ maxSize: 10, rotations: 1 });
    await log.write(file, 'first', 'second');
    rmdirSync(`${log.path}.1`);
    await log.write(file, 'third');
    expect(existsSync(`${log.path}.1`)).toBe(false);
    vi.advanceTimersByTime(61_000);
    await log.write(file, 'fourth');
    expect(log.content('monitor.log.1')).toBe('first\nsecond\nthird\n');
    expect(log.content()).toBe('fourth\n');
  });

  it('loses no old file, also after several attempts', async () => {
    rmdirSync(`${log.path}.1`);
    writeFileSync(`${log.path}.1`, 'old 1');
    writeFileSync(`${log.path}.2`, 'old 2');
    mkdirSync(`${log.path}.3`);
    vi.useFakeTimers({ toFake: ['performance'] });
    const file = log.open({ maxSize: 10, rotations: 3 });
    for (let i = 0; i < 5; i++) {
      await log.write(file, `line ${i}`);
      vi.advanceTimersByTime(61_000);
    }
    expect([log.content('monitor.log.1'), log.content('monitor.log.2')]).toEqual(['old 1', 'old 2']);
  });

  it('does not repeat endlessly where renaming has no effect', async () => {
    rmdirSync(`${log.path}.1`);
    writeFileSync(log.path, 'long enough to be rotated\n');
    // rename(2) does nothing when both names are links to one file.
    linkSync(log.path, `${log.path}.1`);
    await log.write(log.open({ maxSize: 10, rotations: 1 }), 'first', 'second');
    expect(log.content()).toMatch(/first\nsecond\n$/);
  });
});
