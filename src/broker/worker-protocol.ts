import type { MessageLimits } from './validate.js';

/** The options of the ROUTER. */
export interface RouterOptions {
  readonly limits: MessageLimits;
  /**
   * All endpoints have the same port. With port 0, libzmq chooses a port for the first endpoint, and the others get
   * this port.
   */
  readonly endpoints: readonly [string, ...string[]];
  readonly routingId: string;
  /** Seconds between two pings of a connection; 0: no pings. */
  readonly heartbeat: number;
}

/** The first message to the thread. */
export interface RouterWorkerData extends RouterOptions {
  /** The memory of the `SharedRingBuffer` that carries messages to the main thread. */
  readonly memory: SharedArrayBuffer;
}

/** Ends the thread. `drain` first receives the messages that have arrived; `close` receives no more. */
export type WorkerCommand = 'drain' | 'close';

/** Events of the ROUTER. Messages go through the ring buffer instead. */
export type RouterEvent =
  | { readonly kind: 'bound'; readonly endpoint: string }
  | { readonly kind: 'peers'; readonly peers: number }
  | { readonly kind: 'handshake-failed' | 'receive-failed'; readonly reason: string };

/** Events of the thread. After `broken`, the thread ends. */
export type WorkerEvent = RouterEvent | { readonly kind: 'broken'; readonly reason: string };
