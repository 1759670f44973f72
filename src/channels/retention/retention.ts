import type { Settings } from '../../config/settings.js';
import { LinkedList, type LinkedItem } from './linked-list.js';
import type { Channel } from '../channel.js';
import { ExpiryQueue, type ExpiringItem } from './expiry-queue.js';

/** What happens to a channel whose time or place is up. */
export interface RetentionHooks {
  /** No message for `retention.idle`. */
  idle(channel: Channel): void;
  /** `retention.finished` is over. */
  expired(channel: Channel): void;
  /** It had to make room. */
  evicted(channel: Channel): void;
}

/** The place of a running channel in the order of eviction. */
interface Place extends LinkedItem<Place> {
  readonly channel: Channel;
  order: LinkedList<Place> | undefined;
}

interface Entry extends ExpiringItem<Entry> {
  readonly channel: Channel;
  readonly place: Place;
  /** `undefined`: the channel waits for its first message, for as long as somebody watches it. */
  order: ExpiryQueue<Entry> | undefined;
  bytes: number;
}

/** Decides how long channels stay: by the clock, by their number and by the memory they take in all. */
export class Retention {
  /** Bytes of all channels together, as of the last flush. */
  bytes = 0;
  /** Channels dropped to make room, since the start. */
  evicted = 0;

  private readonly entries = new Map<Channel, Entry>();
  // By the clock: the oldest FINISHED first, the longest without a message first.
  private readonly finished: ExpiryQueue<Entry>;
  private readonly running: ExpiryQueue<Entry>;
  // By eviction, behind the finished ones: nobody sees the end of an unwatched channel. The least recently used first: a
  // message is a use, and so is the coming of a first watcher and the going of the last.
  private readonly unwatched = new LinkedList<Place>();
  private readonly watched = new LinkedList<Place>();

  constructor(
    retention: Settings['retention'],
    private readonly limits: Pick<Settings['limits'], 'channels' | 'total_bytes'>,
    private readonly hooks: RetentionHooks,
  ) {
    this.running = new ExpiryQueue(retention.idle, ({ channel }) => hooks.idle(channel));
    this.finished = new ExpiryQueue(retention.finished, ({ channel }) => hooks.expired(channel));
  }

  add(channel: Channel): void {
    const place: Place = { channel, order: undefined, older: undefined, newer: undefined };
    const times = { older: undefined, newer: undefined, since: 0 };
    this.entries.set(channel, { channel, place, order: undefined, bytes: 0, ...times });
  }

  /** The channel got messages: its time starts over. */
  touch(channel: Channel): void {
    const entry = this.entries.get(channel)!;
    entry.order?.delete(entry);
    entry.order = channel.finished ? this.finished : this.running;
    entry.order.add(entry);
    this.sort(entry.place);
    this.account(channel);
  }

  /** The channel got its first watcher, or lost one. */
  audienceChanged(channel: Channel): void {
    const { place } = this.entries.get(channel)!;
    if (place.order && place.order !== this.orderOf(channel)) this.sort(place);
  }

  /** The channel's log may have grown or shrunk. */
  account(channel: Channel): void {
    const entry = this.entries.get(channel)!;
    const bytes = channel.bytes;
    this.bytes += bytes - entry.bytes;
    entry.bytes = bytes;
  }

  /**
   * Gives channels up until the rest is within the bounds: finished ones first, then those that nobody watches, then the
   * others. Channels that wait for their first message stay: they hold no log, and `limits.connections` bounds their number.
   */
  enforce(): void {
    while (this.exceeded()) {
      const victim = this.finished.oldest ?? this.unwatched.oldest ?? this.watched.oldest!;
      this.evicted++;
      this.hooks.evicted(victim.channel);
    }
  }

  remove(channel: Channel): void {
    const entry = this.entries.get(channel);
    if (!entry) return;
    this.bytes -= entry.bytes;
    this.entries.delete(channel);
    entry.order?.delete(entry);
    entry.place.order?.delete(entry.place);
  }

  private sort(place: Place): void {
    place.order?.delete(place);
    place.order = this.orderOf(place.channel);
    place.order?.add(place);
  }

  private orderOf(channel: Channel): LinkedList<Place> | undefined {
    if (channel.finished) return undefined;
    return channel.watched ? this.watched : this.unwatched;
  }

  private exceeded(): boolean {
    const logs = this.running.size + this.finished.size;
    return logs > 1 && (logs > this.limits.channels || this.bytes > this.limits.total_bytes);
  }
}
