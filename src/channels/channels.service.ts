import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { OnEvent } from '@nestjs/event-emitter';
import { PROGRESS, type ProgressMessage } from '../broker/progress-message.js';
import type { Settings } from '../config/settings.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { Channel, type ChannelSummary } from './channel.js';
import type { Position } from './position.js';
import { Retention } from './retention.js';
import type { Sink, Subscription } from './subscriber.js';

/** All channels by id: takes the broker's messages, flushes once per event-loop turn, keeps within the bounds. */
@Injectable()
export class ChannelsService implements OnApplicationShutdown {
  private readonly logger = new Logger(ChannelsService.name);
  private readonly tracing: boolean;
  private readonly evictions = new ThrottledWarning(
    this.logger,
    'Dropped a channel to stay within limits.channels and limits.total_bytes',
  );
  private readonly limits: Settings['limits'];
  private readonly retention: Retention;
  private readonly channels = new Map<string, Channel>();
  private readonly dirty = new Set<Channel>();
  private flushing: NodeJS.Immediate | undefined;

  constructor(config: ConfigService<Settings, true>) {
    this.limits = config.get('limits', { infer: true });
    this.tracing = config.get('logger.level', { infer: true }) === 'debug';
    this.retention = new Retention(config.get('retention', { infer: true }), this.limits, {
      idle: (channel) => this.drop(channel, 'idle'),
      expired: (channel) => this.forget(channel),
      evicted: (channel) => this.evict(channel),
    });
  }

  /** Channels in memory, and the bytes of their logs. */
  get size(): { channels: number; bytes: number; evicted: number } {
    return { channels: this.channels.size, bytes: this.retention.bytes, evicted: this.retention.evicted };
  }

  @OnEvent(PROGRESS)
  take(message: ProgressMessage): void {
    const channel = this.open(message.channel);
    channel.append(message, Date.now());
    if (this.tracing) this.logger.debug({ ...message, message: 'Message' });
    this.dirty.add(channel);
    this.flushing ??= setImmediate(() => this.flush());
  }

  /** Flushes what was taken since the last turn. */
  flush(): void {
    clearImmediate(this.flushing);
    this.flushing = undefined;
    for (const channel of this.dirty) {
      channel.flush();
      this.retention.touch(channel);
    }
    this.dirty.clear();
    this.retention.enforce();
  }

  /** Subscribes `sink` to a channel, from behind `position` on; see `Channel.subscribe`. */
  subscribe(id: string, sink: Sink, position?: Position | null): Subscription {
    const channel = this.open(id);
    const subscription = channel.subscribe(sink, position);
    this.settle(channel);
    return subscription;
  }

  /** What a channel looks like now; `undefined` when there is none. */
  summary(id: string): ChannelSummary | undefined {
    return this.channels.get(id)?.summary();
  }

  onApplicationShutdown(): void {
    this.flush();
    for (const channel of this.channels.values()) this.forget(channel);
  }

  private open(id: string): Channel {
    let channel = this.channels.get(id);
    if (!channel) {
      channel = new Channel(id, this.limits, (left) => this.settle(left));
      this.channels.set(id, channel);
      this.retention.add(channel);
    }
    return channel;
  }

  // An evicted or expired channel may have subscribers that still read the end of its log; it is no longer ours.
  private settle(channel: Channel): void {
    if (this.channels.get(channel.id) !== channel) return;
    if (channel.empty) this.forget(channel);
    else this.retention.account(channel);
  }

  private drop(channel: Channel, ending: 'idle' | 'evicted'): void {
    this.forget(channel);
    channel.close(ending);
  }

  private evict(channel: Channel): void {
    this.evictions.warn(this.size);
    this.drop(channel, 'evicted');
  }

  private forget(channel: Channel): void {
    this.channels.delete(channel.id);
    this.dirty.delete(channel);
    this.retention.remove(channel);
  }
}
