import { closeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { lostTerminals } from './terminals.js';

/** Milliseconds between two looks at the thread pool. */
const POLL = 10;

/** Milliseconds after which a busy thread pool counts as one that hangs. */
const GRACE = 500;

/** Requests to the file system and the resolver, which the thread pool of libuv works on. */
const POOL_REQUEST = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/;

/**
 * Whether the thread pool works on something. `process.exit` waits for the thread pool without a limit: for a file on a
 * server that is gone, for a FIFO that nobody reads.
 */
function poolIsBusy(): boolean {
  return process.getActiveResourcesInfo().some((kind) => POOL_REQUEST.test(kind));
}

/** Exits as soon as the thread pool is idle. */
export async function exitWhenIdle(code: number): Promise<never> {
  while (poolIsBusy()) await new Promise((resolve) => setTimeout(resolve, POLL));
  return exit(code);
}

/** Exits as soon as the thread pool is idle. Where it hangs, the process is killed after `GRACE`. */
export async function exitSoon(code: number): Promise<never> {
  setTimeout(killProcess, GRACE);
  return exitWhenIdle(code);
}

// At the exit Node.js restores the terminals, and aborts when one is gone. It leaves out what is closed.
function exit(code: number): never {
  for (const fd of lostTerminals()) closeSync(fd);
  return process.exit(code);
}

/** Ends this process without running anything more. */
export function killProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  // The kernel spares PID 1 of a container its own SIGKILL, but not a fault.
  return process.abort();
}

const WATCHDOG = `
const { workerData } = require('node:worker_threads');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData);
process.kill(process.pid, 'SIGKILL');`;

/** Kills this process after `seconds`, from a thread: also when this thread is blocked. */
export function startWatchdog(seconds: number): void {
  const worker = new Worker(WATCHDOG, { eval: true, execArgv: [], workerData: seconds * 1000 });
  // Without the thread the process still ends in every case but that one.
  worker.on('error', () => {});
  worker.unref();
}
