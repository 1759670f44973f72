import type { LogEntry } from '../messages/log-entry.js';
import type { MessageFields } from '../messages/progress-message.js';
import { formatPosition, type Position } from '../messages/position.js';
import { summarize, type ChannelSummary } from './channel-summary.js';
import { JobSummary, type ChannelState, type JobSnapshot } from './job-summary.js';
import type { ReadResult } from './encoded-log.js';
import { Log, type LogContext, type LogOwner, type LogStart } from './log.js';
import { Producers, type ProducerStamp } from './producers.js';
import type { EndReason, Sink, Subscription } from './sink.js';
import { Subscriber, type SubscriberContext, type SubscriberOwner } from './subscriber.js';

/** The state of a channel beside its messages, as a journal stores it. */
export interface ChannelSnapshot {
  readonly job: JobSnapshot;
  readonly predecessors: readonly Position[];
}

/** Consecutive messages in the stored encoding. */
export interface StoredMessages {
  readonly bytes: Buffer;
  /** When each message arrived, in milliseconds since 1970. */
  readonly times: readonly number[];
}

/** Messages of the log of the process that leads. */
export interface FollowedMessages extends StoredMessages {
  /** The number of the first message. */
  readonly seq: number;
  /** The summary contains the messages before this number already. */
  readonly summarizedTo: number;
}

/** The objects that all channels share. */
export interface ChannelContext extends LogContext, SubscriberContext {
  readonly limits: LogContext['limits'] & SubscriberContext['limits'];
  /** Called when a channel gets its first subscriber, and when any subscriber leaves. */
  audienceChanged(channel: Channel): void;
  /** A subscriber has a position in a log that this process does not know yet. */
  awaitLog(channel: Channel): void;
  /** Called before messages leave the log that may not be flushed yet. */
  discarding(channel: Channel, cause: 'trimmed' | 'replaced'): void;
}

/**
 * Bytes of a channel with its log, summary and entries in maps and queues, without its id and messages. Measured as
 * resident memory with 100,000 channels of one message and of 20 messages (3,150 and 5,150 bytes per channel).
 */
export const CHANNEL_OVERHEAD = 3000;

/** The log of one job and its subscribers. */
export class Channel implements SubscriberOwner, LogOwner {
  /**
   * The producers whose requests were accepted; most channels have none. They stay when a new log starts, because a
   * producer may repeat the request with FINISHED.
   */
  producers: Producers | undefined;
  private log: Log;
  private job: JobSummary;
  private readonly subscribers = new Set<Subscriber>();
  /** The sequence number of the first message that `flush` has not offered to the subscribers. */
  private unoffered: number;
  /** `follow` has started an empty log. The channel stays when its last client leaves, because messages follow. */
  private isStarting = false;

  constructor(
    start: LogStart,
    readonly context: ChannelContext,
    job?: JobSnapshot,
  ) {
    this.log = new Log(start, context);
    this.job = job ? JobSummary.from(job) : new JobSummary();
    this.unoffered = start.seq;
  }

  /** A channel to be filled with stored messages. @param snapshot its state before them; absent: they are all messages */
  static restored(start: LogStart, context: ChannelContext, snapshot?: ChannelSnapshot): Channel {
    const { predecessors, job } = snapshot ?? {};
    return new Channel(predecessors ? { ...start, predecessors } : start, context, job);
  }

  get id(): string {
    return this.log.channelId;
  }

  get epoch(): string {
    return this.log.epoch;
  }

  /** The sequence number of the oldest retained message. */
  get startSeq(): number {
    return this.log.startSeq;
  }

  /** The sequence number of the next message. */
  get endSeq(): number {
    return this.log.endSeq;
  }

  /** No message and no subscriber: the channel can be removed. */
  get empty(): boolean {
    return this.subscribers.size === 0 && this.log.empty && !this.isStarting;
  }

  get finished(): boolean {
    return this.log.ended;
  }

  /** The job has failed; FINISHED or another attempt may follow. */
  get failed(): boolean {
    return this.job.state === 'failed' && !this.log.ended;
  }

  /** The state of the job. */
  get state(): ChannelState {
    return this.job.state;
  }

  /** When the newest message arrived, in milliseconds since 1970; 0 without messages. */
  get updatedAt(): number {
    return this.job.updatedAt ?? 0;
  }

  /** The position of the oldest retained message, or of the next message. */
  get startPosition(): string {
    return formatPosition(this.log.epoch, this.log.startSeq);
  }

  /** Messages in the log. */
  get retained(): number {
    return this.log.endSeq - this.log.startSeq;
  }

  get watched(): boolean {
    return this.subscribers.size > 0;
  }

  /**
   * Bytes in memory: messages, indexes, id, producers and objects, without encodings. A channel without a message counts
   * 0, so that clients can't evict logs by watching channels that don't exist.
   */
  get bytes(): number {
    if (this.log.empty) return 0;
    return CHANNEL_OVERHEAD + this.id.length + this.log.bytes + (this.producers?.bytes ?? 0);
  }

  /**
   * Appends an entry; subscribers get it with the next `flush`. This method uses no clock and no randomness: the same
   * entries in the same order produce the same channel. Returns false for an entry that the log already has.
   */
  apply(entry: LogEntry): boolean {
    if (entry.epoch !== this.log.epoch || entry.seq > this.log.endSeq) this.startLog(entry);
    else if (entry.seq < this.log.endSeq) return false;
    this.log.append(entry, this);
    this.job.apply(entry.message, entry.time);
    this.log.ended = entry.message.command === 'FINISHED';
    return true;
  }

  /** Records an accepted request of a producer, after its messages were applied. */
  recordProducer(stamp: ProducerStamp): void {
    this.producers ??= new Producers(this.context.counters);
    this.producers.record(stamp);
  }

  /**
   * Appends stored messages of this epoch. Only for a channel without subscribers.
   *
   * @param times when each message arrived
   * @param summarizedTo the summary contains the messages before this number already
   */
  restore(bytes: Buffer, times: readonly number[], summarizedTo: number): void {
    this.appendStored({ bytes, times }, summarizedTo);
    this.unoffered = this.log.endSeq;
  }

  /**
   * Goes on with the log of the ingest: keeps the messages that both logs have. Subscribers are told when messages are
   * missing, or when the log is another one.
   *
   * @param snapshot the state before the message `endSeq` of that log; absent: the log follows from its first message
   * @returns the number up to which the summary of this channel contains the messages already
   */
  follow(start: LogStart, endSeq: number, snapshot?: ChannelSnapshot): number {
    const { predecessors = [], job } = snapshot ?? {};
    const own = { epoch: this.log.epoch, seq: this.log.endSeq - 1 };
    const isContiguous = start.seq <= this.log.endSeq;
    if (start.epoch === own.epoch && isContiguous) {
      this.log.predecessors = predecessors;
      return 0;
    }
    const predecessor = predecessors.find(({ epoch }) => epoch === own.epoch);
    if (predecessor && own.seq <= predecessor.seq && isContiguous) {
      this.log.continueFrom(predecessors, start.epoch);
      this.tellContinuation(predecessor);
      return 0;
    }
    this.isStarting = true;
    try {
      this.startLog({ ...start, predecessors });
    } finally {
      this.isStarting = false;
    }
    // They follow the messages. Those of an earlier channel with this id must not stay.
    this.producers?.clear();
    if (!job) return 0;
    this.job = JobSummary.from(job);
    return endSeq;
  }

  /**
   * Appends messages of the log of the ingest, except those that the log already has; subscribers get them with the next
   * `flush`. The first message must not lie beyond the end of the log.
   *
   * @param onMessage called for each new message
   */
  followMessages(
    { seq, bytes, times, summarizedTo }: FollowedMessages,
    onMessage: (message: MessageFields) => void,
  ): void {
    const known = this.log.endSeq - seq;
    if (known >= times.length) return;
    let start = 0;
    for (let i = 0; i < known; i++) start = this.context.storedEncoder.endOf(bytes, start);
    const fresh = known > 0 ? { bytes: bytes.subarray(start), times: times.slice(known) } : { bytes, times };
    this.appendStored(fresh, summarizedTo, onMessage);
  }

  /** The stored messages from `seq`, which must be retained; see `EncodedLog.read`. */
  readStored(seq: number): ReadResult {
    return this.log.read(this.context.storedEncoder, seq);
  }

  /** When message `seq`, which must be retained, arrived. */
  timeOf(seq: number): number {
    return this.log.timeOf(seq);
  }

  /** The facts that a journal stores beside the messages. */
  snapshot(): ChannelSnapshot {
    return { job: this.job.snapshot(), predecessors: this.log.predecessors };
  }

  /**
   * Goes on under a new epoch, because the log may lack the last messages that clients have seen. The counts are lower
   * bounds from now on.
   */
  continueAs(epoch: string): void {
    const last = { epoch: this.log.epoch, seq: this.log.endSeq - 1 };
    this.log.continueAs(epoch);
    this.tellContinuation(last);
  }

  /** Makes the summary again from the retained messages, because the messages up to the stored summary are missing. */
  summarizeAgain(): void {
    this.job = new JobSummary();
    for (let seq = this.startSeq; seq < this.endSeq; seq++) {
      const { message, time } = this.log.entry(seq);
      this.job.apply(message, time);
    }
  }

  /** Writes new messages to all subscribers that can take bytes. */
  flush(): void {
    this.unoffered = this.log.endSeq;
    for (const subscriber of this.subscribers) subscriber.pump();
    this.log.releaseNewest();
    if (!this.log.ended) return;
    // In a second loop, because closing takes longer than writing: no client must wait for its last message while
    // another client is closed.
    for (const subscriber of this.subscribers) subscriber.finish();
  }

  /**
   * Adds a subscriber and writes all messages after `position` in the same turn. So no message can be lost between the
   * replay and the live messages. `undefined`: the replay starts with the oldest retained message. `null`: the client
   * has sent an invalid position.
   */
  subscribe(sink: Sink, position?: Position | null): Subscription {
    const subscriber = new Subscriber(this.log, sink, this);
    this.subscribers.add(subscriber);
    if (this.subscribers.size === 1) this.context.audienceChanged(this);
    subscriber.start(position);
    subscriber.pump();
    subscriber.finish();
    return subscriber;
  }

  /** Called by the subscriber when it is closed. */
  remove(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    this.context.audienceChanged(this);
  }

  /** Called by a subscriber. */
  awaitLog(): void {
    this.context.awaitLog(this);
  }

  /** The log for which subscribers wait does not exist any more. */
  stopAwaiting(): void {
    for (const subscriber of this.subscribers) subscriber.stopAwaiting();
  }

  /** Ends all subscriptions. `idle` is final for a client, so a subscriber that is behind ends as `slow`. */
  close(reason: EndReason): void {
    for (const subscriber of this.subscribers)
      subscriber.end(reason === 'idle' && !subscriber.caughtUp ? 'slow' : reason);
  }

  /** Ends the subscriptions of sinks with `endsAfterFailure`, now and until the next message. */
  endAfterFailure(): void {
    this.log.failureIsFinal = true;
    for (const subscriber of this.subscribers) subscriber.finish();
  }

  /** Frees the encodings and producers of a removed channel, which no new subscriber and no producer can find. */
  release(): void {
    this.log.removeEncodings();
    this.producers?.clear();
  }

  summary(): ChannelSummary {
    const { id, log, subscribers } = this;
    return summarize(this.job, {
      id,
      position: formatPosition(log.epoch, log.endSeq - 1),
      trimmed: log.startSeq > 1,
      subscribers: subscribers.size,
    });
  }

  /** The newest entries; see `Log.newestEntries`. */
  newestEntries(count: number, bytes: number): LogEntry[] {
    return this.log.newestEntries(count, bytes);
  }

  /** A burst longer than the log must not trim messages that were never offered to the subscribers. */
  beforeTrim(startSeq: number): void {
    if (startSeq <= this.unoffered) return;
    this.flush();
    this.context.discarding(this, 'trimmed');
  }

  private tellContinuation(last: Position): void {
    this.job.partial = true;
    for (const subscriber of this.subscribers) subscriber.continueAfter(last);
  }

  private appendStored(
    { bytes, times }: StoredMessages,
    summarizedTo: number,
    onMessage?: (message: MessageFields) => void,
  ): void {
    const { storedEncoder } = this.context;
    const ends: number[] = [];
    let start = 0;
    let seq = this.log.endSeq;
    let { ended } = this.log;
    for (const time of times) {
      const end = storedEncoder.endOf(bytes, start);
      const message = storedEncoder.decode(bytes, start, end);
      if (seq++ >= summarizedTo) this.job.apply(message, time);
      ended = message.command === 'FINISHED';
      onMessage?.(message);
      ends.push(end);
      start = end;
    }
    this.log.appendAllStored(bytes, ends, times, this);
    this.log.ended = ended;
  }

  /** Starts the log of a new epoch, or a new log of the same epoch if entries are missing. */
  private startLog(first: LogStart): void {
    this.flush();
    this.context.discarding(this, 'replaced');
    if (first.epoch !== this.log.epoch) this.job = new JobSummary();
    this.log = new Log(first, this.context);
    this.unoffered = first.seq;
    for (const subscriber of this.subscribers) subscriber.moveTo(this.log);
  }
}
