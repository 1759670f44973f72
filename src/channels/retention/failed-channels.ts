import type { Channel } from '../channel.js';
import { ExpiryQueue, type ExpiringItem } from './expiry-queue.js';

interface FailedChannel extends ExpiringItem<FailedChannel> {
  readonly channel: Channel;
}

/**
 * Channels with a failed job: `legacy.farewell_after` seconds after the last message of such a channel, the failure is
 * final and subscriptions with `endsAfterFailure` end.
 */
export class FailedChannels {
  private readonly items = new Map<Channel, FailedChannel>();
  private readonly queue: ExpiryQueue<FailedChannel>;

  constructor(seconds: number) {
    this.queue = new ExpiryQueue(seconds, ({ channel }) => {
      this.remove(channel);
      channel.endAfterFailure();
    });
  }

  /** The channel has new messages: its time restarts if its job has failed. */
  touch(channel: Channel): void {
    this.remove(channel);
    if (!channel.failed) return;
    const item: FailedChannel = { channel, older: undefined, newer: undefined, since: 0 };
    this.items.set(channel, item);
    this.queue.add(item);
  }

  /** Removes a channel, which may be absent. */
  remove(channel: Channel): void {
    const item = this.items.get(channel);
    if (!item) return;
    this.items.delete(channel);
    this.queue.delete(item);
  }
}
