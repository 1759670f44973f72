import type { EndReason, ResetCause } from './sink.js';

/** Counts what all channels have done since the start. Only `src/channels` writes these counters. */
export class ChannelCounters {
  /** Messages appended to a log. */
  messages = 0;
  /** Flushes of all channels that had new messages. */
  flushes = 0;
  /** Writes to sinks. */
  deliveries = 0;
  /** Bytes of these writes. */
  deliveredBytes = 0;
  /** Channels removed to make room. */
  evictions = 0;
  /** Streams that could not continue after the position of the client, by cause. */
  readonly resets: Record<ResetCause, number> = { epoch: 0, trimmed: 0 };
  /** Subscriptions that a channel ended, by reason. */
  readonly ends: Record<EndReason, number> = { finished: 0, failed: 0, idle: 0, slow: 0, evicted: 0 };
}
