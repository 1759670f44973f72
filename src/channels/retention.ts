import type { Settings } from '../config/settings.js';
import { AgeOrder, type Aged } from './age-order.js';
import type { Channel } from './channel.js';

/** What happens to a channel whose time or place is up. */
export interface RetentionHooks {
  /** No message for `retention.idle`. */
  idle(channel: Channel): void;
  /** `retention.finished` is over. */
  expired(channel: Channel): void;
  /** It had to make room. */
  evicted(channel: Channel): void;
}

interface Entry extends Aged<Entry> {
  readonly channel: Channel;
  /** Where it stands among those that could be given up; none while it only waits for its first message. */
  order: AgeOrder<Entry> | undefined;
  bytes: number;
  finished: boolean;
  timer: NodeJS.Timeout;
}

/** Decides how long channels stay: by the clock, by their number and by the memory they take in all. */
export class Retention {
  /** Bytes of all logs together, as of the last flush. */
  bytes = 0;
  /** Channels dropped to make room, since the start. */
  evicted = 0;

  private readonly entries = new Map<Channel, Entry>();
  // Both in the order in which their channels are given up: oldest FINISHED first, longest without a message first.
  // Channels that only wait are in neither: they hold no log, and `limits.connections` bounds them.
  private readonly finished = new AgeOrder<Entry>();
  private readonly running = new AgeOrder<Entry>();

  constructor(
    private readonly retention: Settings['retention'],
    private readonly limits: Pick<Settings['limits'], 'channels' | 'total_bytes'>,
    private readonly hooks: RetentionHooks,
  ) {}

  add(channel: Channel): void {
    this.entries.set(channel, {
      channel,
      order: undefined,
      older: undefined,
      newer: undefined,
      bytes: 0,
      finished: false,
      timer: this.idleTimer(channel),
    });
  }

  /** The channel got messages: its time begins anew. */
  touch(channel: Channel): void {
    const entry = this.entries.get(channel)!;
    if (entry.finished === channel.finished) {
      entry.timer.refresh();
    } else {
      clearTimeout(entry.timer);
      entry.finished = channel.finished;
      entry.timer = entry.finished ? this.finishedTimer(channel) : this.idleTimer(channel);
    }
    entry.order?.delete(entry);
    entry.order = entry.finished ? this.finished : this.running;
    entry.order.add(entry);
    this.account(channel);
  }

  /** The channel's log may have grown or shrunk. */
  account(channel: Channel): void {
    const entry = this.entries.get(channel)!;
    const bytes = channel.bytes;
    this.bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }

  /** Gives channels up until the rest is within the bounds; the one with the newest message always stays. */
  enforce(): void {
    while (this.exceeded()) {
      const victim = this.finished.oldest ?? this.running.oldest!;
      this.evicted++;
      this.hooks.evicted(victim.channel);
    }
  }

  remove(channel: Channel): void {
    const entry = this.entries.get(channel);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.bytes -= entry.bytes;
    this.entries.delete(channel);
    entry.order?.delete(entry);
  }

  private exceeded(): boolean {
    const logs = this.running.size + this.finished.size;
    return logs > 1 && (logs > this.limits.channels || this.bytes > this.limits.total_bytes);
  }

  private idleTimer(channel: Channel): NodeJS.Timeout {
    return setTimeout(() => this.hooks.idle(channel), this.retention.idle * 1000).unref();
  }

  private finishedTimer(channel: Channel): NodeJS.Timeout {
    return setTimeout(() => this.hooks.expired(channel), this.retention.finished * 1000).unref();
  }
}
