import type { EndReason } from '../channels/sink.js';

/**
 * How a connection is closed: a code of RFC 6455 section 7.4 with a reason that clients may rely on. An event stream
 * has no codes: 1000 becomes an `end` event, and any other code ends the response without an event.
 */
export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

/** FINISHED was delivered: do not reconnect. */
export const FINISHED: CloseCode = { code: 1000, reason: 'finished' };
/** FINISHED was delivered to a legacy client, byte for byte as the original closes. */
export const LEGACY_FINISHED: CloseCode = { code: 1000, reason: '' };
/** No message for `retention.idle`: do not reconnect. */
export const IDLE: CloseCode = { code: 1000, reason: 'idle' };
/** The client sent a binary message: do not reconnect. */
export const TEXT_ONLY: CloseCode = { code: 1003, reason: 'text only' };
/** Never sent: the connection ends without a close frame (RFC 6455 section 7.4.1). */
export const ABNORMAL: CloseCode = { code: 1006, reason: '' };
/** The channel id is empty, too long or not well-formed: do not reconnect. */
export const CHANNEL_ID: CloseCode = { code: 1008, reason: 'channel id' };
/** No first message within `limits.subscribe_timeout`: reconnect and send a channel id. */
export const NO_CHANNEL_ID: CloseCode = { code: 1008, reason: 'no channel id' };
/** The token has expired: reconnect with a new one. */
export const TOKEN_EXPIRED: CloseCode = { code: 1008, reason: 'token' };
/** An unexpected error occurred in the monitor: reconnect later. */
export const INTERNAL: CloseCode = { code: 1011, reason: 'internal error' };
/** Graceful shutdown: reconnect after a random delay. */
export const RESTART: CloseCode = { code: 1012, reason: 'restart' };
/** The client is too far behind, or has been blocked too long: reconnect with the position. */
export const SLOW: CloseCode = { code: 1013, reason: 'slow' };
/** A limit is reached: reconnect later. */
export const OVERLOADED: CloseCode = { code: 1013, reason: 'busy' };

/** The close code for each reason for which a channel ends a subscription. */
export const CLOSE_CODES: Readonly<Record<EndReason, CloseCode>> = {
  finished: FINISHED,
  failed: FINISHED,
  idle: IDLE,
  slow: SLOW,
  evicted: OVERLOADED,
  error: INTERNAL,
};
