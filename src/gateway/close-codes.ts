import type { EndReason } from '../channels/sink.js';

/** How a WebSocket is closed: RFC 6455 section 7.4 codes, with the reasons that clients may rely on. */
export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

/** FINISHED was delivered: don't come back. */
export const FINISHED: CloseCode = { code: 1000, reason: 'finished' };
/** The same for legacy clients, byte for byte as the original. */
export const LEGACY_FINISHED: CloseCode = { code: 1000, reason: '' };
/** No message for `retention.idle`: don't come back. */
export const IDLE: CloseCode = { code: 1000, reason: 'idle' };
/** A binary message came: don't come back. */
export const TEXT_ONLY: CloseCode = { code: 1003, reason: 'text only' };
/** The channel id is empty, too long or not well-formed: don't come back. */
export const CHANNEL_ID: CloseCode = { code: 1008, reason: 'channel id' };
/** No first message within `limits.subscribe_timeout`: come back and send one. */
export const NO_CHANNEL_ID: CloseCode = { code: 1008, reason: 'no channel id' };
/** An error of ours (RFC 6455: an unexpected condition): come back later. */
export const INTERNAL: CloseCode = { code: 1011, reason: 'internal error' };
/** Graceful shutdown: come back after a random delay. */
export const RESTART: CloseCode = { code: 1012, reason: 'restart' };
/** The client lags too far or too long behind: come back with the position. */
export const SLOW: CloseCode = { code: 1013, reason: 'slow' };
/** A limit is reached: come back later. */
export const BUSY: CloseCode = { code: 1013, reason: 'busy' };

/** The close code for a stream that the channel ended. */
export const CLOSE_CODES: Readonly<Record<EndReason, CloseCode>> = {
  finished: FINISHED,
  failed: FINISHED,
  idle: IDLE,
  slow: SLOW,
  evicted: BUSY,
};
