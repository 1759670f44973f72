import { Worker } from 'node:worker_threads';
import type { JournalCommand, JournalEvent, JournalWorkerData } from './journal-protocol.js';
import type { JournalStore, OpenOptions, StoreFailed } from './journal-store.js';

/** The built file, in tests too, because a worker thread runs no TypeScript. */
const THREAD = new URL(import.meta.resolve('#dist/journal.worker.js'));

/** Milliseconds that `close` waits for the disk. */
const MAX_CLOSE_WAIT = 5000;

/** Bytes of a buffer for records, and how many are kept for the next writes. More records get a buffer of their own. */
const BUFFER = 256 * 1024;
const SPARE_BUFFERS = 8;

/** Milliseconds that a crashing process waits for the disk. */
const MAX_CRASH_WAIT = 500;

/** Writes a journal in a worker thread, so that a slow disk does not delay the relay. */
export class WorkerStore implements JournalStore {
  private readonly memory = new SharedArrayBuffer(8);
  private readonly written = new BigInt64Array(this.memory);
  /** Bytes of records given to `write`. */
  private given = 0;
  /** Buffers that the thread has given back: its own garbage collector would free them late. */
  private readonly spare: ArrayBuffer[] = [];
  private worker: Worker | undefined;
  private settleOpen: ((failure?: string) => void) | undefined;
  private settleClose: ((failure?: string) => void) | undefined;

  /** @param settings `sync`: see `journal.sync` */
  constructor(
    private readonly folder: string,
    private readonly settings: { readonly sync: number },
    private readonly onFailed: StoreFailed,
  ) {}

  get waiting(): number {
    return this.given - Number(Atomics.load(this.written, 0));
  }

  /** Starts the thread, which also touches the lock. Without this call, `open` starts it. */
  startThread(): void {
    this.worker ??= this.createWorker();
  }

  async open(index: number, { damaged = [], removeEarlier = false }: OpenOptions = {}): Promise<void> {
    this.startThread();
    this.post({ kind: 'open', index, damaged, removeEarlier });
    const failure = await new Promise<string | undefined>((resolve) => (this.settleOpen = resolve));
    if (failure !== undefined) throw new Error(failure);
  }

  write(records: Buffer): void {
    if (!this.worker) return;
    this.given += records.length;
    const { length } = records;
    const buffer = (length <= BUFFER && this.spare.pop()) || new ArrayBuffer(Math.max(length, BUFFER));
    const copy = new Uint8Array(buffer, 0, length);
    copy.set(records);
    this.worker.postMessage({ kind: 'write', records: copy } satisfies JournalCommand, [buffer]);
  }

  complete(): void {
    this.post({ kind: 'complete' });
  }

  async close(): Promise<void> {
    if (!this.worker) return;
    const closed = new Promise<string | undefined>((resolve) => (this.settleClose = resolve));
    this.post({ kind: 'close' });
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      deadline = setTimeout(() => resolve('the disk does not answer'), MAX_CLOSE_WAIT);
    });
    const failure = await Promise.race([closed, late]);
    clearTimeout(deadline);
    if (failure !== undefined) throw new Error(`The journal may lack the last messages: ${failure}`);
  }

  /** Blocks until the thread has written everything, for half a second at most. Only for a process that crashes. */
  blockUntilWritten(): void {
    const deadline = performance.now() + MAX_CRASH_WAIT;
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    while (this.waiting > 0 && performance.now() < deadline) Atomics.wait(sleep, 0, 0, 1);
  }

  private createWorker(): Worker {
    const workerData: JournalWorkerData = {
      folder: this.folder,
      sync: this.settings.sync,
      written: this.memory,
    };
    const worker = new Worker(THREAD, { workerData });
    worker.on('message', (event: JournalEvent) => this.onEvent(event));
    // The event `exit` follows.
    worker.on('error', (error) => this.onFailure(`the thread of the journal has failed: ${error.message}`));
    worker.on('exit', () => this.onExit());
    return worker;
  }

  private onEvent(event: JournalEvent): void {
    switch (event.kind) {
      case 'opened':
        return this.endOpen();
      case 'closed':
        return this.settleClose?.();
      case 'written':
        return this.keep(event.buffer);
      case 'failed':
        return this.onFailure(event.reason);
    }
  }

  private keep(buffer: ArrayBuffer): void {
    if (buffer.byteLength === BUFFER && this.spare.length < SPARE_BUFFERS) this.spare.push(buffer);
  }

  private onFailure(reason: string): void {
    if (this.settleClose) this.settleClose(reason);
    else if (this.settleOpen) this.endOpen(reason);
    else this.onFailed(reason);
  }

  private onExit(): void {
    this.worker = undefined;
    // Bytes that an ended thread has not written wait no longer.
    this.given = Number(Atomics.load(this.written, 0));
    this.onFailure('the thread of the journal has ended');
  }

  private endOpen(failure?: string): void {
    this.settleOpen?.(failure);
    this.settleOpen = undefined;
  }

  private post(command: JournalCommand): void {
    this.worker?.postMessage(command);
  }
}
