import type { EndReason } from '../channels/sink.js';

/**
 * How a connection is closed: a code of RFC 6455 section 7.4 with a reason that clients may rely on. An event stream has
 * no codes: 1000 is its `end` event, any other code is the bare end of the response.
 */
export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

/** FINISHED was delivered: do not come back. */
export const FINISHED: CloseCode = { code: 1000, reason: 'finished' };
/** The same for legacy clients, byte for byte as the original. */
export const LEGACY_FINISHED: CloseCode = { code: 1000, reason: '' };
/** No message for `retention.idle`: do not come back. */
export const IDLE: CloseCode = { code: 1000, reason: 'idle' };
/** A binary message came: do not come back. */
export const TEXT_ONLY: CloseCode = { code: 1003, reason: 'text only' };
/** Never sent: the connection is cut without a close (RFC 6455 section 7.4.1). */
export const ABNORMAL: CloseCode = { code: 1006, reason: '' };
/** The channel id is empty, too long or not well-formed: do not come back. */
export const CHANNEL_ID: CloseCode = { code: 1008, reason: 'channel id' };
/** No first message within `limits.subscribe_timeout`: come back and send one. */
export const NO_CHANNEL_ID: CloseCode = { code: 1008, reason: 'no channel id' };
/** The monitor met an unexpected error: come back later. */
export const INTERNAL: CloseCode = { code: 1011, reason: 'internal error' };
/** Graceful shutdown: come back after a random delay. */
export const RESTART: CloseCode = { code: 1012, reason: 'restart' };
/** The client lags too far or too long behind: come back with the position. */
export const SLOW: CloseCode = { code: 1013, reason: 'slow' };
/** A limit is reached: come back later. */
export const OVERLOADED: CloseCode = { code: 1013, reason: 'busy' };

/** The close code for each reason for which a channel ends a subscription. */
export const CLOSE_CODES: Readonly<Record<EndReason, CloseCode>> = {
  finished: FINISHED,
  failed: FINISHED,
  idle: IDLE,
  slow: SLOW,
  evicted: OVERLOADED,
};
