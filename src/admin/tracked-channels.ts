import type { Channel } from '../channels/channel.js';
import type { ChannelFilter } from './channel-filter.js';

/** Channels that one stream tracks: those that changed most recently. */
export const TRACKED_CHANNELS = 10_000;

/** The capacity is exceeded by this factor before the longest unchanged channels are removed together. */
const SLACK = 1.1;

/**
 * The channels that one client sees, and what the client does not know yet. A client that does not read costs no more
 * memory than a client that reads: only the ids of changed channels are kept, each once.
 */
export class TrackedChannels {
  /** In the order of their last change. */
  private tracked = new Map<string, Channel>();
  /** Ids of tracked channels with changes that the client does not know. */
  private readonly changed = new Set<string>();
  /** Ids of tracked channels that the client has. */
  private readonly sent = new Set<string>();
  /** Ids that the client has and that are no longer tracked. */
  private readonly gone = new Set<string>();

  /** @param capacity channels; when there are more, the longest unchanged leaves */
  constructor(
    private readonly filter: ChannelFilter,
    private readonly capacity = TRACKED_CHANNELS,
  ) {}

  /** The client does not know all changes. */
  get hasNews(): boolean {
    return this.changed.size > 0 || this.gone.size > 0;
  }

  /** Adds channels that did not change while they were collected, the least recently changed first. */
  addOlder(channels: readonly Channel[]): void {
    const newer = this.tracked;
    this.tracked = new Map();
    for (const channel of channels) if (!newer.has(channel.id)) this.add(channel);
    for (const [id, channel] of newer) this.tracked.set(id, channel);
    this.trim();
  }

  /** A channel was added or has changed. */
  change(channel: Channel): void {
    if (!this.filter.matches(channel)) return this.remove(channel.id);
    this.tracked.delete(channel.id);
    this.add(channel);
    // Not at once: V8 passes all deleted entries of the map before it finds the first one.
    if (this.tracked.size > this.capacity * SLACK) this.trim();
  }

  /** A channel was removed. */
  remove(id: string): void {
    if (!this.tracked.delete(id)) return;
    this.changed.delete(id);
    if (this.sent.delete(id)) this.gone.add(id);
  }

  /** Removes the longest unchanged channels beyond the capacity. */
  trim(): void {
    for (const id of this.tracked.keys()) {
      if (this.tracked.size <= this.capacity) return;
      this.remove(id);
    }
  }

  /** The ids that the client must remove. The client gets them now. */
  takeGone(): string[] {
    const ids = [...this.gone];
    this.gone.clear();
    return ids;
  }

  /** The ids of the changed channels. The client gets each with `take`. */
  changedIds(): string[] {
    return [...this.changed];
  }

  /** A changed channel, which the client gets now; `undefined` if it is no longer tracked. */
  take(id: string): Channel | undefined {
    const channel = this.tracked.get(id);
    if (!channel) return undefined;
    this.changed.delete(id);
    this.sent.add(id);
    return channel;
  }

  private add(channel: Channel): void {
    const { id } = channel;
    this.tracked.set(id, channel);
    this.changed.add(id);
    if (this.gone.delete(id)) this.sent.add(id);
  }
}
