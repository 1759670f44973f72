import type { PeerAccess, PeerRefusal } from './peer-gate.js';
import type { QuotaRules } from './sender-usage.js';
import type { QuotaReason, MessageLimits } from './validate.js';

/** Who may connect, and what each sender may send. A reload changes them. */
export interface SenderRules {
  readonly access: PeerAccess;
  readonly quotas: QuotaRules;
}

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
  readonly rules: SenderRules;
  /** The secret CURVE key of the ROUTER in Z85; `null`: no CURVE. */
  readonly secretKey: string | null;
}

/** The first message to the thread. */
export interface RouterWorkerData extends RouterOptions {
  /** The memory of the `SharedRingBuffer` that carries messages to the main thread. */
  readonly memory: SharedArrayBuffer;
}

/**
 * `drain` and `close` end the thread. `drain` first receives the messages that have arrived; `close` receives no more.
 * New rules replace the rules of the start.
 */
export type WorkerCommand = 'drain' | 'close' | SenderRules;

/** Events of the ROUTER. Messages go through the ring buffer instead. */
export type RouterEvent =
  | { readonly kind: 'bound'; readonly endpoint: string }
  | { readonly kind: 'peers'; readonly peers: number }
  | {
      readonly kind: 'peer-refused';
      readonly reason: PeerRefusal;
      readonly address?: string;
      /** The public CURVE key of the peer in Z85. */
      readonly key?: string;
    }
  | { readonly kind: 'over-quota'; readonly reason: QuotaReason; readonly sender: string }
  | { readonly kind: 'handshake-failed' | 'receive-failed'; readonly reason: string };

/** Events of the thread. After `broken`, the thread ends. */
export type WorkerEvent = RouterEvent | { readonly kind: 'broken'; readonly reason: string };
