import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { legacyConfig, limitsConfig, loggerConfig, retentionConfig } from '../config/namespaces.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import type { LogEntry } from '../messages/log-entry.js';
import type { Position } from '../messages/position.js';
import { PROGRESS, type ProgressMessage } from '../messages/progress-message.js';
import { storedEncoder } from '../messages/stored-encoder.js';
import { errorStack } from '../text/error-text.js';
import { AwaitedLogs } from './awaited-logs.js';
import { Channel, type ChannelContext, type ChannelSnapshot, type FollowedMessages } from './channel.js';
import { ChannelCounters } from './channel-counters.js';
import type { ChannelObserver } from './channel-observer.js';
import type { ChannelSummary } from './channel-summary.js';
import { EncodingCache } from './encoding-cache.js';
import { FlushScheduler } from './flush-scheduler.js';
import type { LogStart } from './log.js';
import { decideAfter, type ProducerDecision, type ProducerStamp } from './producers.js';
import { FailedChannels } from './retention/failed-channels.js';
import { Retention, type ChannelLimit } from './retention/retention.js';
import { Sequencer } from './sequencer.js';
import type { ChannelState } from './job-summary.js';
import type { RemovalReason, Sink, Subscription } from './sink.js';

/** A channel that was restored from a journal. */
export interface RestoredChannel {
  readonly channel: Channel;
  /** Milliseconds since its last message. */
  readonly age: number;
}

/** All channels by id: appends messages, flushes once per event-loop turn, enforces the limits. */
@Injectable()
export class ChannelsService implements ChannelContext, OnModuleInit, OnApplicationShutdown {
  /** Only `src/channels` writes these counters. */
  readonly counters = new ChannelCounters();
  readonly encodings: EncodingCache;
  readonly storedEncoder = storedEncoder;
  readonly authority = { isFollowing: false };
  private readonly logger = new Logger(ChannelsService.name);
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
  private readonly sequencer = new Sequencer();
  private readonly scheduler = new FlushScheduler(() => this.flush());
  private readonly retention: Retention;
  private readonly failedChannels: FailedChannels;
  private readonly observers = new Set<ChannelObserver>();
  private readonly channels = new Map<string, Channel>();
  /** Channels with messages that are not flushed yet. */
  private readonly dirty = new Set<Channel>();
  /** A channel that starts another log. The first messages follow, so it stays although its last client may leave. */
  private moving: Channel | undefined;
  /** Channels whose clients have a position in a log that this process does not know yet. */
  private readonly awaiting = new AwaitedLogs();

  constructor(
    @Inject(limitsConfig.KEY) readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(retentionConfig.KEY) retention: ConfigType<typeof retentionConfig>,
    @Inject(legacyConfig.KEY) legacy: ConfigType<typeof legacyConfig>,
    @Inject(loggerConfig.KEY) private readonly logging: ConfigType<typeof loggerConfig>,
    private readonly events: EventEmitter2,
  ) {
    this.encodings = new EncodingCache(this.limits);
    this.failedChannels = new FailedChannels(legacy);
    this.retention = new Retention(retention, this.limits, this.authority, {
      // A dirty channel stays: its flush restarts its time.
      onIdle: (channel) => void (this.dirty.has(channel) || this.closeAndRemove(channel, 'idle')),
      onExpired: (channel) => void (this.dirty.has(channel) || this.remove(channel)),
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

  /**
   * Appends a live message to its channel. Subscribers get it with the flush at the end of this turn.
   *
   * @param receivedAt see `BrokerEventMap`
   */
  readonly append = (message: ProgressMessage, receivedAt = performance.now()): void => {
    const channel = this.channelOf(message.channelId);
    const entry = this.sequencer.sequence(message, channel);
    if (entry) this.applyTo(channel, entry, receivedAt);
  };

  /** Applies an entry that already has its epoch, sequence number and time. */
  apply(entry: LogEntry): void {
    this.applyTo(this.channels.get(entry.channelId) ?? this.add(entry), entry, performance.now());
  }

  /** From now on another process decides what the logs contain, and how long channels stay. */
  follow(): void {
    this.authority.isFollowing = true;
    this.retention.reschedule();
  }

  /**
   * From now on this process decides.
   *
   * @param isSeamless no client can have seen messages that the logs lack. Otherwise each unfinished channel continues
   *   under a new epoch.
   */
  lead(isSeamless: boolean): void {
    this.flush();
    this.awaiting.stop();
    this.authority.isFollowing = false;
    const channels = [...this.channels.values()];
    if (!isSeamless)
      for (const channel of channels) if (!channel.finished) this.continueUnderNewEpoch(channel);
    this.retention.restart(channels);
    this.flush();
  }

  /** Goes on with a log of the process that leads; see `Channel.follow`. */
  followLog(start: LogStart, endSeq: number, snapshot?: ChannelSnapshot): number {
    const channel = this.channels.get(start.channelId);
    if (!channel) {
      this.insert(this.createRestored(start, snapshot));
      return snapshot ? endSeq : 0;
    }
    const { state } = channel;
    this.moving = channel;
    const summarizedTo = channel.follow(start, endSeq, snapshot);
    this.moving = undefined;
    this.markChanged(channel, state);
    return summarizedTo;
  }

  /**
   * Applies messages of a log of the process that leads; see `Channel.followMessages`. `followLog` comes first.
   *
   * @param receivedAt milliseconds on the clock of `performance.now`
   */
  followMessages(id: string, messages: FollowedMessages, receivedAt: number): void {
    const channel = this.channels.get(id)!;
    const { state } = channel;
    channel.followMessages(messages, ({ command }) => this.counters.countMessage(command, receivedAt));
    this.markChanged(channel, state);
  }

  /** Records requests of producers that the process that leads has accepted, longest ago first. */
  followProducers(id: string, stamps: readonly ProducerStamp[]): void {
    const channel = this.channels.get(id);
    if (!channel) return;
    for (const stamp of stamps) channel.recordProducer(stamp);
    this.retention.recount(channel);
  }

  /** Removes a channel because the process that leads has removed it. It may be absent. */
  followRemoval(id: string, reason: RemovalReason | undefined): void {
    const channel = this.channels.get(id);
    if (!channel) return;
    if (this.dirty.has(channel)) this.flush();
    if (reason || !channel.finished) this.closeAndRemove(channel, reason ?? 'evicted');
    else this.remove(channel);
  }

  /** All observers know all messages. */
  get isFlushed(): boolean {
    return this.dirty.size === 0;
  }

  /** Calls `observer` from now on, until `unobserve`. */
  observe(observer: ChannelObserver): void {
    this.observers.add(observer);
  }

  unobserve(observer: ChannelObserver): void {
    this.observers.delete(observer);
  }

  /** Creates a channel to be filled from a journal and then added with `adopt`. */
  createRestored(start: LogStart, snapshot?: ChannelSnapshot): Channel {
    const { predecessors, job } = snapshot ?? {};
    return new Channel(predecessors ? { ...start, predecessors } : start, this, job);
  }

  /** A new epoch for a restored channel that may lack its last messages. */
  continueUnderNewEpoch(channel: Channel): void {
    channel.continueAs(this.sequencer.newEpoch());
  }

  /**
   * Adds restored channels with their retention left.
   *
   * @param restored sorted by their age, oldest first
   */
  adopt(restored: Iterable<RestoredChannel>): void {
    for (const { channel, age } of restored) {
      this.insert(channel);
      this.retention.touch(channel, age);
      this.failedChannels.touch(channel);
    }
    this.retention.enforce();
  }

  /** Writes the messages since the last flush to the subscribers. */
  flush(): void {
    this.scheduler.cancel();
    for (const channel of this.dirty) {
      try {
        channel.flush();
        this.retention.touch(channel);
        this.failedChannels.touch(channel);
        for (const observer of this.observers) observer.changed(channel);
      } catch (error) {
        this.channelFailures.warn({ reason: errorStack(error) });
        this.closeAndRemove(channel, 'error');
      }
    }
    this.dirty.clear();
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

  /** Subscribes `sink` to a channel, after `position`; see `Channel.subscribe`. */
  subscribe(id: string, sink: Sink, position?: Position | null): Subscription {
    if (position !== undefined) this.counters.resumes++;
    const channel = this.channelOf(id);
    const subscription = channel.subscribe(sink, position);
    this.notifyAudience(channel);
    return subscription;
  }

  /** All channels, in the order in which they were added. Channels may be added and removed during the iteration. */
  all(): IterableIterator<Channel> {
    return this.channels.values();
  }

  /** A channel by its id; `undefined` when there is none. */
  find(id: string): Channel | undefined {
    return this.channels.get(id);
  }

  /** Whether a channel, which may not exist yet, accepts a request of a producer. */
  producerDecision(id: string, request: ProducerStamp): ProducerDecision {
    return this.channels.get(id)?.producers?.decide(request) ?? decideAfter(undefined, request);
  }

  /** Records an accepted request of a producer. Call it in the turn that has appended the messages of the request. */
  recordProducer(id: string, request: ProducerStamp): void {
    const channel = this.channels.get(id)!;
    channel.recordProducer(request);
    this.retention.recount(channel);
    // A request that appended nothing, such as a second FINISHED, is recorded too.
    for (const observer of this.observers) observer.changed(channel);
    this.scheduler.schedule();
  }

  /** The summary of a channel; `undefined` when there is none. */
  summary(id: string): ChannelSummary | undefined {
    return this.channels.get(id)?.summary();
  }

  /**
   * Called by each channel. An evicted or expired channel may still call it, while subscribers read the end of its log.
   */
  audienceChanged(channel: Channel): void {
    if (this.channels.get(channel.id) !== channel) return;
    if (channel.empty && channel !== this.moving) this.remove(channel);
    else {
      this.retention.audienceChanged(channel);
      this.notifyAudience(channel);
    }
  }

  /**
   * Removes a channel on the request of an operator. Its subscribers get all messages first, and then are closed as
   * those of an evicted channel. Returns false when there is no such channel.
   */
  delete(id: string): boolean {
    this.flush();
    const channel = this.channels.get(id);
    if (channel) this.closeAndRemove(channel, 'evicted');
    return channel !== undefined;
  }

  /** This process has all logs that the process that leads had when it was asked. */
  caughtUp(): void {
    this.awaiting.caughtUp();
  }

  /** Called by each channel. */
  awaitLog(channel: Channel): void {
    this.awaiting.add(channel);
  }

  /** Called by each channel. */
  discarding(channel: Channel, cause: 'trimmed' | 'replaced'): void {
    for (const observer of this.observers) observer.discarding?.(channel, cause);
  }

  /** Called by subscribers. */
  subscriptionFailed(error: unknown): void {
    this.subscriptionFailures.warn({ reason: errorStack(error) });
  }

  // Not with @OnEvent: its wrapper creates a promise per call, which takes about 2 us per message.
  onModuleInit(): void {
    this.events.on(PROGRESS, this.append);
  }

  onApplicationShutdown(): void {
    this.events.off(PROGRESS, this.append);
    this.flush();
    for (const channel of this.channels.values()) this.remove(channel);
  }

  // All entries pass through this method, live or not. `flush` handles all entries of a turn together.
  private applyTo(channel: Channel, entry: LogEntry, receivedAt: number): void {
    const { state } = channel;
    if (!channel.apply(entry)) return;
    this.counters.countMessage(entry.message.command, receivedAt);
    if (this.logging.level === 'debug') this.logEntry(entry);
    this.markChanged(channel, state);
  }

  private markChanged(channel: Channel, stateBefore: ChannelState): void {
    this.counters.changeState(stateBefore, channel.state);
    this.dirty.add(channel);
    this.scheduler.schedule();
  }

  private logEntry({ channelId, message: { command, taskId, taskState } }: LogEntry): void {
    this.logger.debug({ message: 'Message', channel: channelId, command, taskId, taskState });
  }

  // A channel without a message also has an epoch: clients can resume after its position, `<epoch>-0`.
  private channelOf(id: string): Channel {
    const existing = this.channels.get(id);
    if (existing) return existing;
    const isPlaceholder = this.authority.isFollowing;
    return this.add({ channelId: id, epoch: this.sequencer.newEpoch(), seq: 1, isPlaceholder });
  }

  private add(start: LogStart): Channel {
    const channel = new Channel(start, this);
    this.insert(channel);
    return channel;
  }

  private insert(channel: Channel): void {
    this.channels.set(channel.id, channel);
    this.retention.add(channel);
    this.counters.states[channel.state]++;
  }

  private remove(channel: Channel, reason?: RemovalReason): void {
    this.channels.delete(channel.id);
    this.counters.states[channel.state]--;
    this.dirty.delete(channel);
    this.awaiting.delete(channel);
    this.retention.remove(channel);
    this.failedChannels.remove(channel);
    channel.release();
    for (const observer of this.observers) observer.removed(channel, reason);
  }

  private notifyAudience(channel: Channel): void {
    for (const observer of this.observers) observer.audienceChanged?.(channel);
  }

  private closeAndRemove(channel: Channel, reason: RemovalReason): void {
    this.remove(channel, reason);
    channel.close(reason);
  }

  private evict(channel: Channel, limit: ChannelLimit): void {
    this.counters.evictions++;
    this.counters.limitsReached[limit]++;
    this.evictionWarning.warn(this.size);
    this.closeAndRemove(channel, 'evicted');
  }
}
