import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { killProcess } from '../process/exit.js';
import { largestBatch, readBatch } from './message-batch.js';
import type { MessageSink } from './message-source.js';
import { SharedRingBuffer } from './shared-ring-buffer.js';
import type {
  RouterEvent,
  RouterOptions,
  RouterWorkerData,
  SenderRules,
  WorkerCommand,
  WorkerEvent,
} from './worker-protocol.js';

/** The callbacks of a `RouterWorker`. They must not throw. */
export interface RouterWorkerHandlers {
  readonly sink: MessageSink;
  onEvent(event: RouterEvent): void;
  /** The last call: the thread has ended, and the sink has all messages. The reason is empty after `close`. */
  onExit(reason: string): void;
}

/** The built file, in tests too, because a worker thread runs no TypeScript. */
const THREAD = new URL(import.meta.resolve('#dist/router.worker.js'));

/** Bytes that are read from the ring buffer in one turn of the event loop: some milliseconds of work. */
const MAX_BYTES_PER_TURN = 128 * 1024;

/** Milliseconds that an exiting process waits for the ROUTER to be closed, or for the thread to load zeromq.js. */
const MAX_EXIT_WAIT = 1000;

/** Milliseconds that `close` waits for the thread. The thread drains for a shorter time (`MAX_DRAIN`). */
const MAX_CLOSE_WAIT = 2000;

/**
 * A ROUTER in a worker thread. zeromq.js creates five Buffers for each message, which takes 60% of the time of a relay
 * that receives in its main thread. The thread passes messages on as bytes, many at once.
 */
export class RouterWorker {
  /** 1 when the thread has loaded zeromq.js. A thread that ends while it loads zeromq.js aborts the process. */
  private readonly loaded = new Int32Array(new SharedArrayBuffer(4));
  private readonly thread = new Worker(THREAD, { workerData: this.loaded });
  private readonly exited: Promise<unknown>;
  private closed: Promise<void> | undefined;
  private reason = '';

  /** Starts the thread, which loads zeromq.js. Before `open`, the thread does not keep the process alive. */
  constructor() {
    const waitAtExit = (): unknown => Atomics.wait(this.loaded, 0, 0, MAX_EXIT_WAIT);
    process.on('exit', waitAtExit);
    this.exited = new Promise((resolve) => this.thread.on('exit', resolve));
    void this.exited.then(() => process.off('exit', waitAtExit));
    this.thread.on('error', (error) => (this.reason = error.message));
    this.thread.unref();
  }

  /** Binds the ROUTER and starts to receive. Called once. */
  open(options: RouterOptions, handlers: RouterWorkerHandlers): void {
    const memory = SharedRingBuffer.allocate(largestBatch(options.limits));
    const ring = new SharedRingBuffer(memory);
    this.thread.ref();
    this.thread.on('message', (event: WorkerEvent) => this.onEvent(event, handlers));
    this.thread.postMessage({ ...options, memory } satisfies RouterWorkerData);
    this.closed = this.run(ring, handlers);
  }

  /** Replaces the rules of `open`. Before `open` it has no effect. */
  setRules(rules: SenderRules): void {
    if (this.closed) this.post(rules);
  }

  /** Disconnects the peers, receives the messages that have arrived, and closes the ROUTER. */
  async close(): Promise<void> {
    if (!this.closed) return this.end();
    this.post('drain');
    const timeout = setTimeout(MAX_CLOSE_WAIT, 'timeout', { ref: false });
    if ((await Promise.race([this.closed, timeout])) === 'timeout')
      throw new Error('The thread of the ROUTER does not end');
  }

  /** Ends a thread that has no ROUTER. */
  private async end(): Promise<void> {
    // Without a reference, the process could end before this method does.
    this.thread.ref();
    await Promise.race([Atomics.waitAsync(this.loaded, 0, 0, MAX_EXIT_WAIT).value, this.exited]);
    await this.thread.terminate();
  }

  private async run(ring: SharedRingBuffer, handlers: RouterWorkerHandlers): Promise<void> {
    // zeromq.js aborts a process that exits while a thread waits in `receive`, so the ROUTER is closed first. A thread
    // that hangs would block `process.exit` forever, so the process is then killed.
    const closeAtExit = (): void => {
      this.post('close');
      // The thread reads no command while it waits for space in the ring buffer.
      ring.discard();
      if (!ring.blockUntilClosed(MAX_EXIT_WAIT)) killProcess();
    };
    process.on('exit', closeAtExit);
    // A thread that crashes does not close the ring buffer.
    void this.exited.then(() => ring.close());
    await readAll(ring, handlers.sink);
    await this.exited;
    process.off('exit', closeAtExit);
    handlers.onExit(this.reason);
  }

  private onEvent(event: WorkerEvent, handlers: RouterWorkerHandlers): void {
    if (event.kind === 'broken') this.reason = event.reason;
    else handlers.onEvent(event);
  }

  private post(command: WorkerCommand): void {
    this.thread.postMessage(command);
  }
}

async function readAll(ring: SharedRingBuffer, sink: MessageSink): Promise<void> {
  const read = (batch: Buffer): void => readBatch(batch, sink);
  while (await ring.waitReadable()) {
    let length;
    let total = 0;
    do total += length = ring.read(read);
    while (length > 0 && total < MAX_BYTES_PER_TURN);
    // Lets the event loop serve the sockets of the clients.
    await setImmediate();
  }
}
