import { Worker } from 'node:worker_threads';

/** Milliseconds between two checks of the thread pool. */
const POLL_INTERVAL = 10;

/** Milliseconds after which a busy thread pool is considered to hang. */
const MAX_POOL_WAIT = 500;

/** Requests to the file system and the resolver, which run in the thread pool of libuv. */
const POOL_REQUEST = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/;

/**
 * Ends the process without hanging. `process.exit` waits for the thread pool without a limit, for example for a file on an
 * unreachable server or for a FIFO without a reader.
 */
export class ProcessExit {
  constructor(private readonly exit: (code: number) => never) {}

  /** Exits when the thread pool is idle. */
  async whenIdle(code: number): Promise<never> {
    while (poolIsBusy()) await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    return this.exit(code);
  }

  /** Exits when the thread pool is idle. Kills the process when that takes longer than half a second. */
  async soon(code: number): Promise<never> {
    setTimeout(killProcess, MAX_POOL_WAIT);
    return this.whenIdle(code);
  }
}

/** Ends this process at once. No exit handler runs. */
export function killProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  // The kernel ignores a SIGKILL that PID 1 of a container sends to itself. The kernel does not ignore an abort.
  return process.abort();
}

const WATCHDOG = `
const { workerData } = require('node:worker_threads');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData);
process.kill(process.pid, 'SIGKILL');`;

/** Kills this process after `seconds`, from a worker thread, so that it works while the main thread is blocked. */
export function startWatchdog(seconds: number): void {
  const worker = new Worker(WATCHDOG, { eval: true, execArgv: [], workerData: seconds * 1000 });
  // Without the thread, the process ends in all cases except a blocked main thread.
  worker.on('error', () => {});
  worker.unref();
}

function poolIsBusy(): boolean {
  return process.getActiveResourcesInfo().some((kind) => POOL_REQUEST.test(kind));
}
