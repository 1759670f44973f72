import { closeSync, openSync, readFileSync, readlinkSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';

/** Milliseconds between two touches of the lock by its owner. */
export const LOCK_INTERVAL = 1000;

/** Milliseconds after which an untouched lock of another PID namespace is stale. */
const STALE = 5 * LOCK_INTERVAL;

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

export function lockPath(folder: string): string {
  return join(folder, 'lock');
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
      const owner = readOwner(path);
      if (owner && (await isAlive(owner, path))) throw new JournalLockedError(path, owner.pid);
      unlinkSync(path);
    }
  }

  release(): void {
    try {
      unlinkSync(this.path);
    } catch {
      // The next process finds the lock of a process that has ended.
    }
  }
}

function create(path: string): boolean {
  try {
    const fd = openSync(path, 'wx', 0o640);
    writeSync(fd, JSON.stringify(self()));
    closeSync(fd);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** `undefined`: the file is gone, or its process ended while it wrote the file. */
function readOwner(path: string): LockOwner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockOwner;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: LockOwner, path: string): Promise<boolean> {
  if (owner.place === self().place) return startOf(owner.pid) === owner.started;
  const age = Date.now() - modifiedAt(path);
  if (age >= STALE || age < 0) return false;
  const before = modifiedAt(path);
  await setTimeout(STALE - age);
  return modifiedAt(path) !== before;
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function self(): LockOwner {
  return { pid: process.pid, started: startOf(process.pid) ?? '', place: `${boot()} ${pidNamespace()}` };
}

// Fields 3 and 22 of /proc/<pid>/stat (proc(5)). The name of the program, field 2, may contain spaces and parentheses.
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isZombie = fields[0] === 'Z';
    return isZombie ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function boot(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
