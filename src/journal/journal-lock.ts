import { randomUUID } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two touches of the lock by its owner. */
export const LOCK_INTERVAL = 1000;

/** Milliseconds after which an untouched lock of another PID namespace is stale. */
const STALE = 5 * LOCK_INTERVAL;

/** Milliseconds between two looks at a lock whose owner is unknown. */
const LOOK_INTERVAL = 100;

/** Identifies a process, as long as the machine runs. */
interface LockOwner {
  readonly pid: number;
  /** When the process started, in clock ticks since the boot; a later process with the same pid has another. */
  readonly started: string;
  /** The boot of the machine, and the PID namespace: each container has its own, and its own pid 1. */
  readonly place: string;
}

/** Another monitor uses the folder. */
export class JournalLockedError extends Error {
  constructor(path: string, pid: number) {
    super(
      `journal.path: process ${pid} uses this journal: stop it, or set another journal.path for this monitor (lock file: ${path})`,
    );
  }
}

/** Keeps a second monitor away from a journal. */
export class JournalLock {
  private constructor(private readonly path: string) {}

  /**
   * Creates the lock file. Replaces the lock of a process that has ended. Rejects with `JournalLockedError`, or with an
   * error of the file system.
   */
  static async acquire(folder: string): Promise<JournalLock> {
    const path = lockPath(folder);
    for (;;) {
      if (create(path)) return new JournalLock(path);
      const text = readLock(path);
      if (text === undefined) continue;
      const owner = parseOwner(text);
      // A process that has just created the file writes the content next.
      if (!owner && isRecent(path)) await wait(LOOK_INTERVAL);
      else if (owner && (await isAlive(owner, path))) throw new JournalLockedError(path, owner.pid);
      else takeAway(path, text);
    }
  }

  /** Whether the lock file still belongs to this process. */
  get isHeld(): boolean {
    return readLock(this.path) === ownContent();
  }

  release(): void {
    try {
      if (this.isHeld) unlinkSync(this.path);
    } catch {
      // The next process finds the lock of a process that has ended.
    }
  }
}

/** Who uses a journal. `undefined`: no process. A process of another PID namespace counts for `STALE` after its last touch. */
export function journalUser(folder: string): number | undefined {
  const path = lockPath(folder);
  const owner = parseOwner(readLock(path) ?? '');
  if (!owner) return undefined;
  const isUser = isHere(owner) ? isRunning(owner) : isRecent(path);
  return isUser ? owner.pid : undefined;
}

/** Shows other PID namespaces that this process uses the journal. Throws when the lock file is gone or belongs to another. */
export function touchLock(folder: string): void {
  const path = lockPath(folder);
  const text = readLock(path);
  if (text === undefined) throw new Error('the folder or its lock file was removed');
  if (text !== ownContent()) throw new Error('another process has replaced the lock file');
  const now = new Date();
  utimesSync(path, now, now);
}

function lockPath(folder: string): string {
  return join(folder, 'lock');
}

function create(path: string): boolean {
  try {
    const fd = openSync(path, 'wx', 0o640);
    writeSync(fd, ownContent());
    closeSync(fd);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** `undefined`: there is no lock file. */
function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as LockOwner | null;
    return Number.isInteger(owner?.pid) ? owner! : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a stale lock. Two processes may find the same stale lock, and the faster one replaces it. So the file is renamed
 * first, which only one process can do, and comes back if it is not the stale one.
 */
function takeAway(path: string, text: string): void {
  const taken = `${path}.${randomUUID()}`;
  try {
    renameSync(path, taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readLock(taken) === text) unlinkSync(taken);
  else renameSync(taken, path);
}

async function isAlive(owner: LockOwner, path: string): Promise<boolean> {
  if (isHere(owner)) return isRunning(owner);
  const touched = touchedAt(path);
  while (isRecent(path)) {
    await wait(LOOK_INTERVAL);
    if (touchedAt(path) !== touched) return true;
  }
  return false;
}

function isRecent(path: string): boolean {
  return Math.abs(Date.now() - touchedAt(path)) < STALE;
}

function touchedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function ownContent(): string {
  const owner: LockOwner = { pid: process.pid, started: startOf(process.pid) ?? '', place: ownPlace() };
  return JSON.stringify(owner);
}

function isHere({ place }: LockOwner): boolean {
  return place === ownPlace();
}

function isRunning({ pid, started }: LockOwner): boolean {
  const start = startOf(pid);
  if (start !== undefined) return start === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process of another user may be hidden in /proc (hidepid, ProtectProc).
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// Fields 3 and 22 of /proc/<pid>/stat (proc(5)). The name of the program, field 2, may contain spaces and parentheses.
// `undefined`: there is no such file.
function startOf(pid: number): string | undefined {
  const stat = readProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields?.[0] === 'Z';
  return isZombie ? 'zombie' : fields?.[19];
}

function ownPlace(): string {
  const boot = readProc(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = readProc(() => readlinkSync('/proc/self/ns/pid'));
  return `${boot ?? hostname()} ${namespace ?? ''}`;
}

/** `undefined` on a system without /proc. */
function readProc(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
