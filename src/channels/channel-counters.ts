import type { EndReason, ResetCause } from './sink.js';

/** Counters of all channels since the start. Only `src/channels` writes them. */
export class ChannelCounters {
  /** Messages appended to a log. */
  messages = 0;
  /** Flushes of all channels that had new messages. */
  flushes = 0;
  /** Writes to sinks. */
  deliveries = 0;
  /** Bytes written to sinks. */
  deliveredBytes = 0;
  /** Channels removed because a limit was exceeded. */
  evictions = 0;
  /** Streams that could not continue after the position of the client, by cause. */
  readonly resets: Record<ResetCause, number> = { epoch: 0, trimmed: 0 };
  /** Subscriptions that a channel ended, by reason. */
  readonly ends: Record<EndReason, number> = { finished: 0, failed: 0, idle: 0, slow: 0, evicted: 0 };
}
