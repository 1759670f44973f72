import { Worker } from 'node:worker_threads';
import type { JournalCommand, JournalEvent, JournalWorkerData } from './journal-protocol.js';
import type { JournalStore, OpenOptions, StoreFailed } from './journal-store.js';

/** The built file, in tests too, because a worker thread runs no TypeScript. */
const THREAD = new URL(import.meta.resolve('#dist/journal.worker.js'));

/** Milliseconds that `close` waits for the disk. */
const MAX_CLOSE_WAIT = 5000;

/** Milliseconds that a crashing process waits for the disk. */
const MAX_CRASH_WAIT = 500;

/** Writes a journal in a worker thread, so that a slow disk does not delay the relay. */
export class WorkerStore implements JournalStore {
  private readonly memory = new SharedArrayBuffer(8);
  private readonly written = new BigInt64Array(this.memory);
  /** Bytes of records given to `write`. */
  private given = 0;
  private worker: Worker | undefined;
  private settleOpen: ((failure?: string) => void) | undefined;
  private settleClose: (() => void) | undefined;

  /**
   * @param settings `sync`: see `journal.sync`
   * @param damaged the segments that the reader has found damaged
   */
  constructor(
    private readonly folder: string,
    private readonly settings: { readonly sync: number },
    private readonly damaged: readonly number[],
    private readonly onFailed: StoreFailed,
  ) {}

  get waiting(): number {
    return this.given - Number(Atomics.load(this.written, 0));
  }

  async open(index: number, { removeEarlier = false }: OpenOptions = {}): Promise<void> {
    this.worker ??= this.start();
    this.post({ kind: 'open', index, damaged: this.damaged, removeEarlier });
    const failure = await new Promise<string | undefined>((resolve) => (this.settleOpen = resolve));
    if (failure !== undefined) throw new Error(failure);
  }

  write(records: Buffer): void {
    if (!this.worker) return;
    this.given += records.length;
    const command: JournalCommand = { kind: 'write', records };
    this.worker.postMessage(command, [records.buffer as ArrayBuffer]);
  }

  complete(): void {
    this.post({ kind: 'complete' });
  }

  async close(): Promise<void> {
    if (!this.worker) return;
    const closed = new Promise<void>((resolve) => (this.settleClose = resolve));
    this.post({ kind: 'close' });
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      deadline = setTimeout(() => resolve('late'), MAX_CLOSE_WAIT);
    });
    const result = await Promise.race([closed, late]);
    clearTimeout(deadline);
    if (result === 'late') throw new Error('The disk of the journal does not answer');
  }

  /** Blocks until the thread has written everything, for half a second at most. Only for a process that crashes. */
  blockUntilWritten(): void {
    const deadline = performance.now() + MAX_CRASH_WAIT;
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    while (this.waiting > 0 && performance.now() < deadline) Atomics.wait(sleep, 0, 0, 1);
  }

  private start(): Worker {
    const workerData: JournalWorkerData = {
      folder: this.folder,
      sync: this.settings.sync,
      written: this.memory,
    };
    const worker = new Worker(THREAD, { workerData });
    worker.on('message', (event: JournalEvent) => this.onEvent(event));
    worker.on('error', (error) => this.onEvent({ kind: 'failed', reason: error.message }));
    worker.on('exit', () => {
      this.worker = undefined;
      // Bytes that a crashed thread has not written wait no longer.
      this.given = Number(Atomics.load(this.written, 0));
      this.settleOpen?.('the thread of the journal has ended');
      this.settleClose?.();
    });
    return worker;
  }

  private onEvent(event: JournalEvent): void {
    const failure = event.kind === 'failed' ? event.reason : undefined;
    const { settleOpen } = this;
    if (event.kind === 'closed') this.settleClose?.();
    else if (settleOpen) {
      this.settleOpen = undefined;
      settleOpen(failure);
    } else if (failure !== undefined) this.onFailed(failure);
  }

  private post(command: JournalCommand): void {
    this.worker?.postMessage(command);
  }
}
