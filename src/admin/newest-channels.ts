import type { Channel } from '../channels/channel.js';

/**
 * Selects the most recently changed of many channels, in a memory of twice as many channels as it selects.
 */
export class NewestChannels {
  private channels: Channel[] = [];

  constructor(private readonly capacity: number) {}

  add(channel: Channel): void {
    this.channels.push(channel);
    if (this.channels.length >= 2 * this.capacity) this.prune();
  }

  /** The selected channels, the least recently changed first. */
  take(): Channel[] {
    this.prune();
    return this.channels.toSorted((a, b) => a.updatedAt - b.updatedAt);
  }

  // Sorting plain numbers takes 2 ms for 20,000 channels; sorting the channels themselves takes 15 ms.
  private prune(): void {
    if (this.channels.length <= this.capacity) return;
    const times = Float64Array.from(this.channels, ({ updatedAt }) => updatedAt).sort();
    const oldest = times.at(-this.capacity)!;
    const newer = this.channels.filter(({ updatedAt }) => updatedAt > oldest);
    const asOld = this.channels.filter(({ updatedAt }) => updatedAt === oldest);
    this.channels = [...newer, ...asOld.slice(0, this.capacity - newer.length)];
  }
}
