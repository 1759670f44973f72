import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { killProcess } from '../process/exit.js';
import { largestBatch, readBatch, type Item } from './message-batch.js';
import { SharedRingBuffer } from './shared-ring-buffer.js';
import type { MessageLimits } from './validate.js';

/** What the thread is given first. */
export interface RouterWorkerData {
  readonly memory: SharedArrayBuffer;
  readonly limits: MessageLimits;
  /** All of the same port; port 0 of the first one is the port of all. */
  readonly endpoints: readonly [string, ...string[]];
  readonly routingId: string;
  /** Seconds between two pings of a link, 0 for none. */
  readonly heartbeat: number;
}

/** What the thread is told: to take in what the links have brought before it ends, or to end at once. */
export type Order = 'drain' | 'close';

/** What happens to the ROUTER while it is bound. */
export type Notice =
  | { readonly kind: 'peers'; readonly peers: number }
  | { readonly kind: 'stranger' | 'failing'; readonly reason: string };

/** What the thread tells, apart from what it took in. */
export type Report =
  | Notice
  | { readonly kind: 'bound'; readonly endpoint: string }
  | { readonly kind: 'broken'; readonly reason: string };

/** Who hears what the ROUTER takes in, and what happens to it. None of these may throw. */
export interface Listener {
  bound(endpoint: string): void;
  take(item: Item): void;
  notice(notice: Notice): void;
  /** Nothing follows. The reason is empty when `close` asked for it; without `bound` before, it says why not. */
  ended(reason: string): void;
}

/** The built file also under test, because a worker thread runs no TypeScript. */
const THREAD = new URL(import.meta.resolve('#dist/router.worker.js'));

/** Bytes that are taken in one turn of the event loop, some milliseconds' work. */
const LARGEST_TURN = 128 * 1024;

/** Milliseconds that an exiting process waits for the ROUTER to be closed. */
const LONGEST_EXIT = 1000;

/** Milliseconds that closing may take: above what the thread itself allows for the last messages. */
const LONGEST_CLOSE = 2000;

let spare: Worker | undefined;

/** Starts the thread of the next `RouterWorker` ahead, so that it loads while its caller loads: 0.1 s of a start. */
export function startThread(): void {
  spare = new Worker(THREAD);
  spare.unref();
}

/**
 * A ROUTER in a thread of its own, because zeromq.js makes five Buffers of every message: 60% of the time of a relay that
 * does it where it serves its watchers. They come here as bytes, many at once.
 */
export class RouterWorker {
  private readonly ring: SharedRingBuffer;
  private readonly thread: Worker;
  private readonly done: Promise<void>;
  private reason = '';

  constructor(
    data: Omit<RouterWorkerData, 'memory'>,
    private readonly listener: Listener,
  ) {
    const memory = SharedRingBuffer.allocate(largestBatch(data.limits));
    this.ring = new SharedRingBuffer(memory);
    this.thread = spare ?? new Worker(THREAD);
    spare = undefined;
    this.thread.ref();
    this.thread.on('message', (report: Report) => this.hear(report));
    this.thread.on('error', (error) => (this.reason = error.message));
    this.thread.postMessage({ ...data, memory } satisfies RouterWorkerData);
    process.on('exit', this.abandon);
    this.done = this.run();
  }

  /** Ends the links, takes in what they had brought, and closes the socket. */
  async close(): Promise<void> {
    this.thread.postMessage('drain' satisfies Order);
    const timeout = setTimeout(LONGEST_CLOSE, 'timeout', { ref: false });
    if ((await Promise.race([this.done, timeout])) === 'timeout')
      throw new Error('The thread of the ROUTER does not end');
  }

  private async run(): Promise<void> {
    const exited = new Promise((resolve) => this.thread.on('exit', resolve));
    // It has closed the ring itself, if it could.
    void exited.then(() => this.ring.close());
    await this.readAll();
    await exited;
    process.off('exit', this.abandon);
    this.listener.ended(this.reason);
  }

  private async readAll(): Promise<void> {
    const take = (item: Item): void => this.listener.take(item);
    const read = (batch: Buffer): void => readBatch(batch, take);
    while (await this.ring.waitReadable()) {
      let length;
      let taken = 0;
      do taken += length = this.ring.read(read);
      while (length > 0 && taken < LARGEST_TURN);
      // Between two turns the watchers' sockets are served.
      await setImmediate();
    }
  }

  private hear(report: Report): void {
    if (report.kind === 'bound') this.listener.bound(report.endpoint);
    else if (report.kind === 'broken') this.reason = report.reason;
    else this.listener.notice(report);
  }

  // zeromq.js aborts a process that exits while its `receive` is under way in a thread. `process.exit` would wait for a
  // thread that hangs, without a limit.
  private readonly abandon = (): void => {
    this.thread.postMessage('close' satisfies Order);
    // It does not hear while it waits for room.
    this.ring.discard();
    if (!this.ring.blockUntilClosed(LONGEST_EXIT)) killProcess();
  };
}
