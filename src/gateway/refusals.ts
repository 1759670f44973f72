/** Why a stream is refused for now, and how each protocol says so. */
export interface Refusal {
  readonly admitted: false;
  readonly reason: 'restart' | 'busy';
  /** The HTTP status, where the protocol can say it. */
  readonly status: 503;
  /** The body of a refused upgrade to a WebSocket. */
  readonly text: string;
  /** The shortest and the longest time, in ms, after which the client comes back. */
  readonly retry: DelayRange;
}

type DelayRange = readonly [shortest: number, longest: number];

/** The delay before a client reconnects to a lost stream; connections are often lost to a restart. */
const RECONNECT: DelayRange = [2000, 4000];

/** The monitor starts or shuts down. */
export const RESTARTING: Refusal = {
  admitted: false,
  reason: 'restart',
  status: 503,
  text: 'restarting',
  retry: RECONNECT,
};

/** `limits.connections` is reached, or what the limit of open files allows. Room takes time, and each attempt costs. */
export const BUSY: Refusal = {
  admitted: false,
  reason: 'busy',
  status: 503,
  text: 'busy',
  retry: [5000, 10_000],
};

/** A random delay in ms, so that thousands of clients do not come back in the same instant. */
export function retryDelay([shortest, longest]: DelayRange = RECONNECT): number {
  return Math.round(shortest + Math.random() * (longest - shortest));
}
