import type { Settings } from '../config/settings.js';
import type { Channel } from './channel.js';
import { Expiry, type Expiring } from './expiry.js';

/** What happens to a channel whose time or place is up. */
export interface RetentionHooks {
  /** No message for `retention.idle`. */
  idle(channel: Channel): void;
  /** `retention.finished` is over. */
  expired(channel: Channel): void;
  /** It had to make room. */
  evicted(channel: Channel): void;
}

interface Entry extends Expiring<Entry> {
  readonly channel: Channel;
  order: Expiry<Entry>;
  bytes: number;
}

/** Decides how long channels stay: by the clock, by their number and by the memory they take in all. */
export class Retention {
  /** Bytes of all logs together, as of the last flush. */
  bytes = 0;
  /** Channels dropped to make room, since the start. */
  evicted = 0;

  private readonly entries = new Map<Channel, Entry>();
  // Only wait for their first message: they hold no log, are never given up, and `limits.connections` bounds them.
  private readonly waiting: Expiry<Entry>;
  // Both in the order in which their channels are given up: oldest FINISHED first, longest without a message first.
  private readonly finished: Expiry<Entry>;
  private readonly running: Expiry<Entry>;

  constructor(
    retention: Settings['retention'],
    private readonly limits: Pick<Settings['limits'], 'channels' | 'total_bytes'>,
    private readonly hooks: RetentionHooks,
  ) {
    this.waiting = new Expiry(retention.idle, ({ channel }) => hooks.idle(channel));
    this.running = new Expiry(retention.idle, ({ channel }) => hooks.idle(channel));
    this.finished = new Expiry(retention.finished, ({ channel }) => hooks.expired(channel));
  }

  add(channel: Channel): void {
    const order = this.waiting;
    const entry: Entry = { channel, order, older: undefined, newer: undefined, since: 0, bytes: 0 };
    order.add(entry);
    this.entries.set(channel, entry);
  }

  /** The channel got messages: its time begins anew. */
  touch(channel: Channel): void {
    const entry = this.entries.get(channel)!;
    entry.order.delete(entry);
    entry.order = channel.finished ? this.finished : this.running;
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
    this.bytes -= entry.bytes;
    this.entries.delete(channel);
    entry.order.delete(entry);
  }

  private exceeded(): boolean {
    const logs = this.running.size + this.finished.size;
    return logs > 1 && (logs > this.limits.channels || this.bytes > this.limits.total_bytes);
  }
}
