import { Histogram } from './histogram.js';
import type { ChannelState } from './job-summary.js';
import type { ChannelLimit } from './retention/retention.js';
import type { EndReason, ResetCause } from './sink.js';

/** The commands of the ReCodEx broker and its workers. */
const KNOWN_COMMANDS = [
  'DOWNLOADED',
  'STARTED',
  'TASK',
  'UPLOADED',
  'ENDED',
  'FAILED',
  'ABORTED',
  'FINISHED',
] as const;

/** A known command. All commands that this version does not know are `other`, so the number of counters is fixed. */
export type CommandClass = (typeof KNOWN_COMMANDS)[number] | 'other';

const KNOWN: ReadonlySet<string> = new Set(KNOWN_COMMANDS);

/** Largest values of the buckets of `flushMessages`. */
const MESSAGE_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Largest values of the buckets of `relayLatency`, in seconds. A burst waits 20 ms for its flush. */
const LATENCY_BOUNDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Counters of all channels since the start. Only `src/channels` writes them. */
export class ChannelCounters {
  /** Messages appended to a log, by command. */
  readonly messages = Object.fromEntries(
    [...KNOWN_COMMANDS, 'other'].map((command) => [command, 0]),
  ) as Record<CommandClass, number>;
  /** Channels in memory, by the state of their job. */
  readonly states: Record<ChannelState, number> = {
    waiting: 0,
    running: 0,
    aborted: 0,
    failed: 0,
    finished: 0,
  };
  /** Messages in each flush of all channels that had new messages. */
  readonly flushMessages = new Histogram(MESSAGE_BOUNDS);
  /** Seconds from the receipt of the first message of each flush to the end of the flush. */
  readonly relayLatency = new Histogram(LATENCY_BOUNDS);
  /** Writes to sinks. */
  deliveries = 0;
  /** Bytes written to sinks. */
  deliveredBytes = 0;
  /** Channels removed because a limit was exceeded. */
  evictions = 0;
  /** These removals, by the limit. */
  readonly limitsReached: Record<ChannelLimit, number> = { channels: 0, total_bytes: 0 };
  /** Producers that channels remember now. */
  producers = 0;
  /** Producers that a channel has forgotten, because it had too many. */
  evictedProducers = 0;
  /** Subscriptions that asked to continue after a position. */
  resumes = 0;
  /** Streams that could not continue after the position of the client, by cause. */
  readonly resets: Record<ResetCause, number> = { epoch: 0, trimmed: 0 };
  /** Subscriptions that a channel ended, by reason. */
  readonly ends: Record<EndReason, number> = {
    finished: 0,
    failed: 0,
    idle: 0,
    slow: 0,
    evicted: 0,
    error: 0,
  };

  /** Messages since the last flush. */
  private pending = 0;
  /** When the first of them was received. */
  private pendingSince = 0;

  /** @param receivedAt milliseconds on the clock of `performance.now` */
  countMessage(command: string, receivedAt: number): void {
    if (this.pending++ === 0) this.pendingSince = receivedAt;
    this.messages[KNOWN.has(command) ? (command as CommandClass) : 'other']++;
  }

  /** A channel has changed its state. */
  changeState(before: ChannelState, after: ChannelState): void {
    if (before === after) return;
    this.states[before]--;
    this.states[after]++;
  }

  /** All channels have been flushed. */
  countFlush(): void {
    if (this.pending === 0) return;
    this.flushMessages.observe(this.pending);
    this.relayLatency.observe((performance.now() - this.pendingSince) / 1000);
    this.pending = 0;
  }
}
