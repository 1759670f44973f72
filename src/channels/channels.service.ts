import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { PROGRESS, type ProgressMessage } from '../messages/progress-message.js';
import { legacyConfig, limitsConfig, loggerConfig, retentionConfig } from '../config/namespaces.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { Channel, type ChannelOwner, type ChannelSummary } from './channel.js';
import { EncodingCache } from './encoding-cache.js';
import { FailedChannels } from './retention/failed-channels.js';
import { BurstDetector } from './burst-detector.js';
import type { Position } from '../messages/position.js';
import { Retention } from './retention/retention.js';
import type { Sink, Subscription } from './subscriber.js';

/** Milliseconds that messages wait for their flush while they come at a busy pace. */
const GATHER = 20;

/** All channels by id: takes the broker's messages, flushes once per event-loop turn, keeps within the bounds. */
@Injectable()
export class ChannelsService implements ChannelOwner, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ChannelsService.name);
  private readonly evictions = new ThrottledWarning(
    this.logger,
    'Dropped a channel to stay within limits.channels and limits.total_bytes',
  );
  readonly encodings: EncodingCache;
  private readonly retention: Retention;
  private readonly farewells: FailedChannels | undefined;
  private readonly channels = new Map<string, Channel>();
  private readonly dirty = new Set<Channel>();
  private readonly pace = new BurstDetector();
  private turning: NodeJS.Immediate | undefined;
  private gathering: NodeJS.Timeout | undefined;
  /** Messages since the last turn. */
  private taken = 0;

  constructor(
    @Inject(limitsConfig.KEY) readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(retentionConfig.KEY) retention: ConfigType<typeof retentionConfig>,
    @Inject(legacyConfig.KEY) legacy: ConfigType<typeof legacyConfig>,
    @Inject(loggerConfig.KEY) private readonly logging: ConfigType<typeof loggerConfig>,
    private readonly events: EventEmitter2,
  ) {
    this.encodings = new EncodingCache(this.limits.encoded_bytes);
    if (legacy.farewell) this.farewells = new FailedChannels(legacy.farewell_after);
    this.retention = new Retention(retention, this.limits, {
      // A message that still waits for its flush has given the channel new time.
      idle: (channel) => void (this.dirty.has(channel) || this.drop(channel, 'idle')),
      expired: (channel) => void (this.dirty.has(channel) || this.forget(channel)),
      evicted: (channel) => this.evict(channel),
    });
  }

  /** Channels in memory, their bytes, and the bytes of the encodings that streams share. */
  get size(): { channels: number; bytes: number; encoded: number; evicted: number } {
    const { bytes, evicted } = this.retention;
    return { channels: this.channels.size, bytes, encoded: this.encodings.bytes, evicted };
  }

  /** Appends a message to its channel; its subscribers get it with the flush at the end of this turn. */
  readonly take = (message: ProgressMessage): void => {
    const channel = this.open(message.channelId);
    if (!channel.append(message, Date.now())) return;
    if (this.logging.level === 'debug') this.logMessage(message);
    this.dirty.add(channel);
    this.taken++;
    this.turning ??= setImmediate(this.turn);
  };

  /** Flushes what was taken since the last turn. */
  flush(): void {
    clearImmediate(this.turning);
    clearTimeout(this.gathering);
    this.turning = this.gathering = undefined;
    for (const channel of this.dirty) {
      channel.flush();
      this.retention.touch(channel);
      this.farewells?.touch(channel);
    }
    this.dirty.clear();
    this.retention.enforce();
  }

  /** Subscribes `sink` to a channel, from behind `position` on; see `Channel.subscribe`. */
  subscribe(id: string, sink: Sink, position?: Position | null): Subscription {
    return this.open(id).subscribe(sink, position);
  }

  /** What a channel looks like now; `undefined` when there is none. */
  summary(id: string): ChannelSummary | undefined {
    return this.channels.get(id)?.summary();
  }

  // Not with @OnEvent: its wrapper makes a promise of every call, about 2 us a message.
  onModuleInit(): void {
    this.events.on(PROGRESS, this.take);
  }

  onApplicationShutdown(): void {
    this.events.off(PROGRESS, this.take);
    this.flush();
    for (const channel of this.channels.values()) this.forget(channel);
  }

  // Once a turn is once a message when nothing else is to be done in between. At a busy pace one flush for many of them
  // saves most of the system calls, here and in whoever reads, and nobody sees 20 ms.
  private readonly turn = (): void => {
    this.turning = undefined;
    this.pace.note(this.taken, performance.now());
    this.taken = 0;
    if (!this.pace.busy) this.flush();
    else this.gathering ??= setTimeout(() => this.flush(), GATHER);
  };

  private logMessage({ channelId, ...fields }: ProgressMessage): void {
    this.logger.debug({ message: 'Message', channel: channelId, ...fields });
  }

  private open(id: string): Channel {
    let channel = this.channels.get(id);
    if (!channel) {
      channel = new Channel(id, this);
      this.channels.set(id, channel);
      this.retention.add(channel);
    }
    return channel;
  }

  /** An evicted or expired channel may have subscribers that still read the end of its log; it is no longer ours. */
  audienceChanged(channel: Channel): void {
    if (this.channels.get(channel.id) !== channel) return;
    if (channel.empty) this.forget(channel);
    else this.retention.audienceChanged(channel);
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
    this.farewells?.forget(channel);
    channel.abandon();
  }
}
