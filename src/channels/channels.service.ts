import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { legacyConfig, limitsConfig, loggerConfig, retentionConfig } from '../config/namespaces.js';
import type { LogEntry } from '../messages/log-entry.js';
import type { Position } from '../messages/position.js';
import { PROGRESS, type ProgressMessage } from '../messages/progress-message.js';
import { Channel, type ChannelSnapshot } from './channel.js';
import type { ChannelSummary } from './channel-summary.js';
import { ChannelRegistry } from './channel-registry.js';
import { FollowedChannels } from './followed-channels.js';
import type { LogStart } from './log.js';
import { decideAfter, type ProducerDecision, type ProducerStamp } from './producers.js';
import { Sequencer } from './sequencer.js';
import type { Sink, Subscription } from './sink.js';

/** A channel that was restored from a journal. */
export interface RestoredChannel {
  readonly channel: Channel;
  /** Milliseconds since its last message. */
  readonly age: number;
}

/** The channels of the process: appends messages from the broker, from a journal or from the process that leads. */
@Injectable()
export class ChannelsService extends ChannelRegistry implements OnModuleInit, OnApplicationShutdown {
  /** How another process changes the channels, while this one follows it. */
  readonly followed = new FollowedChannels(this);
  private readonly sequencer = new Sequencer();

  constructor(
    @Inject(limitsConfig.KEY) limits: ConfigType<typeof limitsConfig>,
    @Inject(retentionConfig.KEY) retention: ConfigType<typeof retentionConfig>,
    @Inject(legacyConfig.KEY) legacy: ConfigType<typeof legacyConfig>,
    @Inject(loggerConfig.KEY) private readonly logging: ConfigType<typeof loggerConfig>,
    private readonly events: EventEmitter2,
  ) {
    super({ limits, retention, legacy });
  }

  /**
   * Appends a live message to its channel. Subscribers get it with the flush at the end of this turn.
   *
   * @param receivedAt see `BrokerEventMap`
   */
  readonly append = (message: ProgressMessage, receivedAt = performance.now()): void => {
    const channel = this.findOrCreate(message.channelId);
    const entry = this.sequencer.sequence(message, channel);
    if (entry) this.applyTo(channel, entry, receivedAt);
  };

  /** Applies an entry that already has its epoch, sequence number and time. */
  apply(entry: LogEntry): void {
    const channel = this.find(entry.channelId) ?? this.add(new Channel(entry, this));
    this.applyTo(channel, entry, performance.now());
  }

  /** Subscribes `sink` to a channel, after `position`; see `Channel.subscribe`. */
  subscribe(id: string, sink: Sink, position?: Position | null): Subscription {
    if (position !== undefined) this.counters.resumes++;
    const channel = this.findOrCreate(id);
    const subscription = channel.subscribe(sink, position);
    this.notifyAudience(channel);
    return subscription;
  }

  /** The summary of a channel; `undefined` when there is none. */
  summary(id: string): ChannelSummary | undefined {
    return this.find(id)?.summary();
  }

  /**
   * Removes a channel on the request of an operator. Its subscribers get all messages first, and then are closed as
   * those of an evicted channel. Returns false when there is no such channel.
   */
  delete(id: string): boolean {
    this.flush();
    const channel = this.find(id);
    if (channel) this.close(channel, 'evicted');
    return channel !== undefined;
  }

  /** Whether a channel, which may not exist yet, accepts a request of a producer. */
  producerDecision(id: string, request: ProducerStamp): ProducerDecision {
    return this.find(id)?.producers?.decide(request) ?? decideAfter(undefined, request);
  }

  /** Records an accepted request of a producer. Call it in the turn that has appended the messages of the request. */
  recordProducer(id: string, request: ProducerStamp): void {
    const channel = this.find(id)!;
    channel.recordProducer(request);
    this.requestsAdded(channel);
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
    this.awaited.stop();
    this.authority.isFollowing = false;
    const channels = [...this.all()];
    if (!isSeamless)
      for (const channel of channels) if (!channel.finished) this.continueUnderNewEpoch(channel);
    this.retention.restart(channels);
    this.flush();
  }

  /** Creates a channel to be filled from a journal and then added with `adopt`. */
  createRestored(start: LogStart, snapshot?: ChannelSnapshot): Channel {
    return Channel.restored(start, this, snapshot);
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
      this.add(channel);
      this.touch(channel, age);
    }
    this.retention.enforce();
  }

  // Not with @OnEvent: its wrapper creates a promise per call, which takes about 2 us per message.
  onModuleInit(): void {
    this.events.on(PROGRESS, this.append);
  }

  onApplicationShutdown(): void {
    this.events.off(PROGRESS, this.append);
    this.flush();
    for (const channel of this.all()) this.remove(channel);
  }

  // All entries of the broker pass through this method. `flush` handles all entries of a turn together.
  private applyTo(channel: Channel, entry: LogEntry, receivedAt: number): void {
    const { state } = channel;
    if (!channel.apply(entry)) return;
    this.counters.countMessage(entry.message.command, receivedAt);
    if (this.logging.level === 'debug') this.logEntry(entry);
    this.messagesAdded(channel, state);
  }

  private logEntry({ channelId, message: { command, taskId, taskState } }: LogEntry): void {
    this.logger.debug({ message: 'Message', channel: channelId, command, taskId, taskState });
  }

  // A channel without a message also has an epoch: clients can resume after its position, `<epoch>-0`.
  private findOrCreate(id: string): Channel {
    const existing = this.find(id);
    if (existing) return existing;
    const isPlaceholder = this.authority.isFollowing;
    const start = { channelId: id, epoch: this.sequencer.newEpoch(), seq: 1, isPlaceholder };
    return this.add(new Channel(start, this));
  }
}
