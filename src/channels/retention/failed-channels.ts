import type { Settings } from '../../config/settings.js';
import type { Channel } from '../channel.js';
import { ExpiryQueue, type ExpiringItem } from './expiry-queue.js';

interface FailedChannel extends ExpiringItem<FailedChannel> {
  readonly channel: Channel;
}

/**
 * The channels with a failed job. `legacy.farewell_after` seconds after the last message of such a channel, its failure
 * is final, and its subscriptions with `endsAfterFailure` end.
 */
export class FailedChannels {
  private readonly items = new Map<Channel, FailedChannel>();
  private readonly queue: ExpiryQueue<FailedChannel>;

  /** @param settings read at the time of use, because a reload of the configuration may change them */
  constructor(private readonly settings: Settings['legacy']) {
    const seconds = (): number => settings.farewell_after;
    this.queue = new ExpiryQueue(seconds, ({ channel }) => {
      this.remove(channel);
      channel.endAfterFailure();
    });
  }

  /** The channel has new messages: its time restarts if its job has failed. */
  touch(channel: Channel): void {
    this.remove(channel);
    if (!channel.failed || !this.settings.farewell) return;
    const item: FailedChannel = { channel, older: undefined, newer: undefined, since: 0 };
    this.items.set(channel, item);
    this.queue.add(item);
  }

  /** Applies a changed time to all channels. */
  reschedule(): void {
    this.queue.reschedule();
  }

  /** Removes a channel, which may be absent. */
  remove(channel: Channel): void {
    const item = this.items.get(channel);
    if (!item) return;
    this.items.delete(channel);
    this.queue.delete(item);
  }
}
