import type { AccessDenied } from '../http/access.js';

/** The reason for which a request is refused, and its form in each protocol. */
export interface Refusal {
  readonly admitted: false;
  readonly reason: 'restart' | 'busy' | 'ingest' | 'unauthorized' | 'forbidden' | 'origin' | 'address';
  /** The HTTP status, for protocols that can send one. */
  readonly status: 401 | 403 | 429 | 503;
  /** The body of a refused upgrade to a WebSocket. */
  readonly text: string;
  /**
   * The shortest and the longest delay, in milliseconds, after which the client reconnects. `undefined`: the client gets
   * the same answer again, unless it has another token.
   */
  readonly retry: DelayRange | undefined;
}

type DelayRange = readonly [shortest: number, longest: number];

/** The delay before a client reconnects to a lost stream. A restart is a common reason. */
const RECONNECT: DelayRange = [2000, 4000];

/** The monitor starts or shuts down. */
export const RESTARTING: Refusal = {
  admitted: false,
  reason: 'restart',
  status: 503,
  text: 'restarting',
  retry: RECONNECT,
};

/**
 * `limits.connections` or the limit of open files is reached. The delay is longer, because clients leave slowly and
 * each attempt has a cost.
 */
export const BUSY: Refusal = {
  admitted: false,
  reason: 'busy',
  status: 503,
  text: 'busy',
  retry: [5000, 10_000],
};

/** This process takes messages for others (`relay.role`). Clients must connect to an edge. */
export const NO_EDGE: Refusal = {
  admitted: false,
  reason: 'ingest',
  status: 503,
  text: 'this process serves no clients',
  retry: [5000, 10_000],
};

/** The refusal of a request because of its token; see `http/access.ts`. */
export function tokenRefusal({ status, text }: AccessDenied): Refusal {
  if (status === 503) return BUSY;
  const reason = status === 401 ? 'unauthorized' : 'forbidden';
  return { admitted: false, reason, status, text, retry: undefined };
}

/** The address of the client has reached one of its limits. */
export const ADDRESS_LIMIT: Refusal = {
  admitted: false,
  reason: 'address',
  status: 429,
  text: 'too many requests from this address',
  retry: [5000, 10_000],
};

/** A page of a site that is not in `origins` wants to open a WebSocket. */
export const FOREIGN_ORIGIN: Refusal = {
  admitted: false,
  reason: 'origin',
  status: 403,
  text: 'this site is not in origins',
  retry: undefined,
};

/** A random delay in milliseconds, so that thousands of clients do not reconnect at the same moment. */
export function retryDelay([shortest, longest]: DelayRange = RECONNECT): number {
  return Math.round(shortest + Math.random() * (longest - shortest));
}
