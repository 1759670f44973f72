import { Channel, type ChannelSnapshot, type FollowedMessages } from './channel.js';
import type { ChannelRegistry } from './channel-registry.js';
import type { LogStart } from './log.js';
import type { ProducerStamp } from './producers.js';
import type { RemovalReason } from './sink.js';

/** Does to the channels of this process what the process that leads has done to its own. */
export class FollowedChannels {
  constructor(private readonly registry: ChannelRegistry) {}

  /** Goes on with a log of the process that leads; see `Channel.follow`. */
  startLog(start: LogStart, endSeq: number, snapshot?: ChannelSnapshot): number {
    const channel = this.registry.find(start.channelId);
    if (!channel) {
      this.registry.add(Channel.restored(start, this.registry, snapshot));
      return snapshot ? endSeq : 0;
    }
    const { state } = channel;
    const summarizedTo = channel.follow(start, endSeq, snapshot);
    this.registry.messagesAdded(channel, state);
    return summarizedTo;
  }

  /**
   * Applies messages of a log of the process that leads; see `Channel.followMessages`. `startLog` comes first.
   *
   * @param receivedAt milliseconds on the clock of `performance.now`
   */
  addMessages(id: string, messages: FollowedMessages, receivedAt: number): void {
    const channel = this.registry.find(id)!;
    const { state } = channel;
    channel.followMessages(messages, ({ command }) =>
      this.registry.counters.countMessage(command, receivedAt),
    );
    this.registry.messagesAdded(channel, state);
  }

  /** Records requests of producers that the process that leads has accepted, longest ago first. */
  addRequests(id: string, stamps: readonly ProducerStamp[]): void {
    const channel = this.registry.find(id);
    if (!channel) return;
    for (const stamp of stamps) channel.recordProducer(stamp);
    this.registry.requestsAdded(channel);
  }

  /** Removes a channel because the process that leads has removed it. It may be absent. */
  remove(id: string, reason: RemovalReason | undefined): void {
    const channel = this.registry.find(id);
    if (!channel) return;
    if (!this.registry.isFlushed(channel)) this.registry.flush();
    if (reason || !channel.finished) this.registry.close(channel, reason ?? 'evicted');
    else this.registry.remove(channel);
  }
}
