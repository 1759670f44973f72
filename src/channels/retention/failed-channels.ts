import type { Channel } from '../channel.js';
import { ExpiryQueue, type ExpiringItem } from './expiry-queue.js';

interface Item extends ExpiringItem<Item> {
  readonly channel: Channel;
}

/** Gives up channels that stay silent for some seconds after FAILED; see `legacy.farewell`. */
export class FailedChannels {
  private readonly items = new Map<Channel, Item>();
  private readonly failed: ExpiryQueue<Item>;

  constructor(seconds: number) {
    this.failed = new ExpiryQueue(seconds, ({ channel }) => {
      this.forget(channel);
      channel.giveUp();
    });
  }

  /** The channel got messages. */
  touch(channel: Channel): void {
    this.forget(channel);
    if (!channel.failed) return;
    const item: Item = { channel, older: undefined, newer: undefined, since: 0 };
    this.items.set(channel, item);
    this.failed.add(item);
  }

  forget(channel: Channel): void {
    const item = this.items.get(channel);
    if (!item) return;
    this.items.delete(channel);
    this.failed.delete(item);
  }
}
