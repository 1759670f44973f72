import type { MessageLimits } from './validate.js';

/** What the ROUTER needs to know before it is bound. */
export interface RouterOptions {
  readonly limits: MessageLimits;
  /** All have the same port. With port 0, libzmq chooses a port for the first endpoint and the others get the same. */
  readonly endpoints: readonly [string, ...string[]];
  readonly routingId: string;
  /** Seconds between two pings of a connection; 0 sends none. */
  readonly heartbeat: number;
}

/** The first message to the thread. */
export interface RouterWorkerData extends RouterOptions {
  /** The memory of the `SharedRingBuffer` that carries the messages back. */
  readonly memory: SharedArrayBuffer;
}

/** Ends the thread: `drain` first receives what has arrived, `close` ends at once. */
export type WorkerCommand = 'drain' | 'close';

/** Events of the ROUTER. Messages take the ring buffer instead. */
export type RouterEvent =
  | { readonly kind: 'bound'; readonly endpoint: string }
  | { readonly kind: 'peers'; readonly peers: number }
  | { readonly kind: 'handshake-failed' | 'receive-failed'; readonly reason: string };

/** Events of the thread. After `broken` it ends. */
export type WorkerEvent = RouterEvent | { readonly kind: 'broken'; readonly reason: string };
