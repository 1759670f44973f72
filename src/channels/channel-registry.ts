import { Logger } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { storedEncoder } from '../messages/stored-encoder.js';
import { errorStack } from '../text/error-text.js';
import { AwaitedLogs } from './awaited-logs.js';
import type { Channel, ChannelContext } from './channel.js';
import { ChannelCounters } from './channel-counters.js';
import type { ChannelObserver } from './channel-observer.js';
import { EncodingCache } from './encoding-cache.js';
import { FlushScheduler } from './flush-scheduler.js';
import type { ChannelState } from './job-summary.js';
import { FailedChannels } from './retention/failed-channels.js';
import { Retention, type ChannelLimit } from './retention/retention.js';
import type { RemovalReason } from './sink.js';

/** The settings of all channels. Read at the time of use, because a reload of the configuration may change them. */
type ChannelSettings = Pick<Settings, 'limits' | 'retention' | 'legacy'>;

/** All channels by id: flushes them once per event-loop turn, removes them by the limits, and tells the observers. */
export class ChannelRegistry implements ChannelContext {
  readonly limits: Settings['limits'];
  /** Only `src/channels` writes these counters. */
  readonly counters = new ChannelCounters();
  readonly encodings: EncodingCache;
  readonly storedEncoder = storedEncoder;
  readonly authority = { isFollowing: false };
  protected readonly logger = new Logger('ChannelsService');
  protected readonly retention: Retention;
  /** Channels with clients that wait for a log of the process that leads. */
  protected readonly awaited = new AwaitedLogs();
  private readonly failedChannels: FailedChannels;
  private readonly scheduler = new FlushScheduler(() => this.flush());
  private readonly observers = new Set<ChannelObserver>();
  private readonly channels = new Map<string, Channel>();
  /** Channels with messages that are not flushed yet. */
  private readonly unflushed = new Set<Channel>();
  private readonly evictionWarning = new ThrottledWarning(
    this.logger,
    'Evicted a channel to stay within limits.channels and limits.total_bytes',
  );
  private readonly channelFailures = new ThrottledWarning(
    this.logger,
    'An unexpected error in a channel: the channel is removed, and its clients reconnect',
    'error',
  );
  private readonly subscriptionFailures = new ThrottledWarning(
    this.logger,
    'An unexpected error in a subscription: its client reconnects',
    'error',
  );

  constructor({ limits, retention, legacy }: ChannelSettings) {
    this.limits = limits;
    this.encodings = new EncodingCache(limits);
    this.failedChannels = new FailedChannels(legacy);
    this.retention = new Retention(retention, limits, this.authority, {
      // The flush of a channel with new messages restarts its time.
      onIdle: (channel) => void (this.isFlushed(channel) && this.close(channel, 'idle')),
      onExpired: (channel) => void (this.isFlushed(channel) && this.remove(channel)),
      onEvicted: (channel, limit) => this.evict(channel, limit),
    });
  }

  /** Channels in memory, their messages and bytes, the bytes of their encodings, and evictions since the start. */
  get size(): { channels: number; messages: number; bytes: number; encoded: number; evicted: number } {
    return {
      channels: this.channels.size,
      messages: this.retention.messages,
      bytes: this.retention.bytes,
      encoded: this.encodings.bytes,
      evicted: this.counters.evictions,
    };
  }

  /** All channels, in the order in which they were added. Channels may be added and removed during the iteration. */
  all(): IterableIterator<Channel> {
    return this.channels.values();
  }

  /** A channel by its id; `undefined` when there is none. */
  find(id: string): Channel | undefined {
    return this.channels.get(id);
  }

  /** Calls `observer` from now on, until `unobserve`. */
  observe(observer: ChannelObserver): void {
    this.observers.add(observer);
  }

  unobserve(observer: ChannelObserver): void {
    this.observers.delete(observer);
  }

  /** Whether the subscribers and the observers know all messages of a channel, or of all channels. */
  isFlushed(channel?: Channel): boolean {
    return channel ? !this.unflushed.has(channel) : this.unflushed.size === 0;
  }

  /** Writes the messages since the last flush to the subscribers. */
  flush(): void {
    this.scheduler.cancel();
    for (const channel of this.unflushed) {
      try {
        channel.flush();
        this.touch(channel);
        for (const observer of this.observers) observer.changed(channel);
      } catch (error) {
        this.channelFailures.warn({ reason: errorStack(error) });
        this.close(channel, 'error');
      }
    }
    this.unflushed.clear();
    this.counters.countFlush();
    for (const observer of this.observers) observer.flushed?.();
    this.retention.enforce();
  }

  /** Applies changed limits and retention times now, instead of with the next flush and the next timers. */
  applyLimits(): void {
    this.encodings.enforce();
    this.retention.reschedule();
    this.failedChannels.reschedule();
    this.flush();
  }

  /** This process has all logs that the process that leads had when it was asked. */
  caughtUp(): void {
    this.awaited.caughtUp();
  }

  /** Called by each channel. */
  awaitLog(channel: Channel): void {
    this.awaited.add(channel);
  }

  /**
   * Called by each channel. An evicted or expired channel may still call it, while subscribers read the end of its log.
   */
  audienceChanged(channel: Channel): void {
    if (this.channels.get(channel.id) !== channel) return;
    if (channel.empty) return this.remove(channel);
    this.retention.audienceChanged(channel);
    this.notifyAudience(channel);
  }

  /** Called by each channel. */
  discarding(channel: Channel, cause: 'trimmed' | 'replaced'): void {
    for (const observer of this.observers) observer.discarding?.(channel, cause);
  }

  /** Called by subscribers. */
  subscriptionFailed(error: unknown): void {
    this.subscriptionFailures.warn({ reason: errorStack(error) });
  }

  /** Adds a channel with an id that the registry does not have. Like all methods below, for `src/channels` only. */
  add(channel: Channel): Channel {
    this.channels.set(channel.id, channel);
    this.retention.add(channel);
    this.counters.states[channel.state]++;
    return channel;
  }

  /** The channel has new messages, which the next flush writes to its subscribers. */
  messagesAdded(channel: Channel, stateBefore: ChannelState): void {
    this.counters.changeState(stateBefore, channel.state);
    this.unflushed.add(channel);
    this.scheduler.schedule();
  }

  /** The channel has new requests of producers. */
  requestsAdded(channel: Channel): void {
    this.retention.recount(channel);
    // A request that appended nothing, such as a second FINISHED, is recorded too.
    for (const observer of this.observers) observer.changed(channel);
    this.scheduler.schedule();
  }

  /** Starts the times of a channel again, by which it is removed. @param age milliseconds since its last message */
  touch(channel: Channel, age?: number): void {
    this.retention.touch(channel, age);
    this.failedChannels.touch(channel);
  }

  /** Removes a channel. Its subscribers, if there are any, read its log to the end. */
  remove(channel: Channel, reason?: RemovalReason): void {
    this.channels.delete(channel.id);
    this.counters.states[channel.state]--;
    this.unflushed.delete(channel);
    this.awaited.delete(channel);
    this.retention.remove(channel);
    this.failedChannels.remove(channel);
    channel.release();
    for (const observer of this.observers) observer.removed(channel, reason);
  }

  /** Removes a channel and ends its subscriptions. */
  close(channel: Channel, reason: RemovalReason): void {
    this.remove(channel, reason);
    channel.close(reason);
  }

  protected notifyAudience(channel: Channel): void {
    for (const observer of this.observers) observer.audienceChanged?.(channel);
  }

  private evict(channel: Channel, limit: ChannelLimit): void {
    this.counters.evictions++;
    this.counters.limitsReached[limit]++;
    this.evictionWarning.warn(this.size);
    this.close(channel, 'evicted');
  }
}
