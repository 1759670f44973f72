import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { JournalLock, JournalLockedError, journalUser, touchLock } from '../../src/journal/journal-lock.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

/** Larger than any pid: kernel.pid_max is at most 2^22. */
const NO_PID = 2 ** 22 + 1;

const directory = useTemporaryDirectory();
const children: { kill(signal: NodeJS.Signals): boolean }[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('a folder', () => {
  it('without a lock is locked until the release', async () => {
    const lock = await JournalLock.acquire(directory.path);
    expect(lock.isHeld).toBe(true);
    expect(journalUser(directory.path)).toBe(process.pid);
    lock.release();
    expect(readdirSync(directory.path)).toEqual([]);
    expect(journalUser(directory.path)).toBeUndefined();
    lock.release();
  });

  it('in use is refused, with the pid and what to do', async () => {
    await JournalLock.acquire(directory.path);
    const second = JournalLock.acquire(directory.path);
    await expect(second).rejects.toThrow(JournalLockedError);
    await expect(second).rejects.toThrow(
      `process ${process.pid} uses this journal: stop it, or set another journal.path`,
    );
  });

  it('that is missing, or has a folder in the place of the lock, is an error of the file system', async () => {
    await expect(JournalLock.acquire(directory.file('nowhere'))).rejects.toThrow('ENOENT');
    mkdirSync(directory.file('lock'));
    await expect(JournalLock.acquire(directory.path)).rejects.toThrow('EISDIR');
  });
});

describe('the lock of', () => {
  it('a process that has ended is replaced', async () => {
    const own = await ownLock();
    putLock({ ...own, pid: NO_PID });
    await expectAcquired();
  });

  it('an earlier process with the same pid is replaced', async () => {
    const own = await ownLock();
    putLock({ ...own, started: '1' });
    await expectAcquired();
  });

  it('a zombie is replaced', async () => {
    const own = await ownLock();
    // The shell becomes a program that does not wait for its child.
    const shell = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(shell);
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
    while (fields()[2] !== 'Z') await new Promise(setImmediate);
    putLock({ ...own, pid, started: fields()[21]! });
    await expectAcquired();
  });

  it('a running process is kept', async () => {
    const own = await ownLock();
    const started = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
    putLock({ ...own, pid: process.ppid, started });
    expect(journalUser(directory.path)).toBe(process.ppid);
    await expect(JournalLock.acquire(directory.path)).rejects.toThrow(`process ${process.ppid} uses`);
  });

  it('an earlier boot is replaced after it is not touched for 5 s', async () => {
    const own = await ownLock();
    putLock({ ...own, place: 'another boot' }, 6);
    expect(journalUser(directory.path)).toBeUndefined();
    await expectAcquired();
  });

  it('another PID namespace is kept while it is touched', async () => {
    const own = await ownLock();
    putLock({ ...own, pid: 1, place: 'another container' });
    expect(journalUser(directory.path)).toBe(1);
    const second = JournalLock.acquire(directory.path);
    const touches = setInterval(() => utimesSync(directory.file('lock'), new Date(), new Date()), 50);
    await expect(second).rejects.toThrow('process 1 uses');
    clearInterval(touches);
  });

  it('another PID namespace is replaced when it is no longer touched', async () => {
    const own = await ownLock();
    putLock({ ...own, pid: 1, place: 'another container' }, 4.8);
    await expectAcquired();
  });

  it.each(['', '{"pid":', 'null', '17', '"x"', '{"pid":"1"}', '\0\0\0'])(
    'a process that ended before it wrote %j is replaced after 5 s',
    async (text) => {
      writeFileSync(directory.file('lock'), text);
      age(4.8);
      await expectAcquired();
    },
  );

  it('a process that is just writing it is kept', async () => {
    const own = await ownLock();
    writeFileSync(directory.file('lock'), '');
    const second = JournalLock.acquire(directory.path);
    putLock(own);
    await expect(second).rejects.toThrow(JournalLockedError);
  });
});

it('when many processes find the same stale lock, one gets it', async () => {
  const own = await ownLock();
  for (let round = 0; round < 20; round++) {
    putLock({ ...own, pid: NO_PID });
    const attempts = Array.from({ length: 10 }, () => JournalLock.acquire(directory.path));
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(directory.path)).toEqual(['lock']);
  }
});

describe('the owner of a lock', () => {
  it('touches it', async () => {
    await JournalLock.acquire(directory.path);
    age(100);
    touchLock(directory.path);
    expect(Date.now() - statSync(directory.file('lock')).mtimeMs).toBeLessThan(60_000);
  });

  it('is told when the folder is gone', async () => {
    const lock = await JournalLock.acquire(directory.path);
    rmSync(directory.path, { recursive: true });
    expect(lock.isHeld).toBe(false);
    expect(() => touchLock(directory.path)).toThrow('the folder or its lock file was removed');
    lock.release();
  });

  it('is told when another process has replaced it, and leaves that lock alone', async () => {
    const lock = await JournalLock.acquire(directory.path);
    const other = { ...(await ownLock()), pid: process.ppid };
    putLock(other);
    expect(lock.isHeld).toBe(false);
    expect(() => touchLock(directory.path)).toThrow('another process has replaced the lock file');
    lock.release();
    expect(existsSync(directory.file('lock'))).toBe(true);
  });
});

interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly place: string;
}

/** What this process writes into a lock. */
async function ownLock(): Promise<Owner> {
  const other = directory.file('other');
  mkdirSync(other);
  await JournalLock.acquire(other);
  const owner = JSON.parse(readFileSync(`${other}/lock`, 'utf8')) as Owner;
  rmSync(other, { recursive: true });
  return owner;
}

/** @param seconds since the last touch */
function putLock(owner: Owner, seconds = 0): void {
  writeFileSync(directory.file('new'), JSON.stringify(owner));
  renameSync(directory.file('new'), directory.file('lock'));
  age(seconds);
}

function age(seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(directory.file('lock'), then, then);
}

async function expectAcquired(): Promise<void> {
  const lock = await JournalLock.acquire(directory.path);
  expect(lock.isHeld).toBe(true);
  expect(readdirSync(directory.path)).toEqual(['lock']);
}
