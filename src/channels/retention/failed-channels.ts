import type { Channel } from '../channel.js';
import { Expiry, type Expiring } from './expiry-queue.js';

interface Item extends Expiring<Item> {
  readonly channel: Channel;
}

/** Gives up channels that stay silent for some seconds after FAILED; see `legacy.farewell`. */
export class Farewells {
  private readonly items = new Map<Channel, Item>();
  private readonly failed: Expiry<Item>;

  constructor(seconds: number) {
    this.failed = new Expiry(seconds, ({ channel }) => {
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
