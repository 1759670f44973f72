import type { ProgressMessage } from '../messages/progress-message.js';
import type { EncodingCache } from './encoding-cache.js';
import { Log, type LogLimits, type LogOwner } from './log.js';
import { legacyJson } from '../messages/legacy-json.js';
import { formatPosition, type Position } from '../messages/position.js';
import {
  Subscriber,
  type EndReason,
  type Sink,
  type SubscriberOwner,
  type Subscription,
} from './subscriber.js';
import { Summary, type ChannelState } from './summary.js';

export interface ChannelLimits extends LogLimits {
  /** Seconds; see `Subscriber`. */
  readonly lag: number;
}

/** What all channels share. */
export interface ChannelOwner {
  readonly limits: ChannelLimits;
  readonly encodings: EncodingCache;
  /** Called when a channel gets its first subscriber, and whenever one leaves. */
  audienceChanged(channel: Channel): void;
}

/** What a channel looks like now; times are ISO 8601 in UTC. */
export interface ChannelSummary {
  readonly id: string;
  readonly position: string;
  readonly state: ChannelState;
  readonly attempt: number;
  readonly tasks: { readonly completed: number; readonly failed: number; readonly skipped: number };
  readonly messages: number;
  /** The beginning of the job is missing, so that all counts are lower bounds. */
  readonly partial: boolean;
  readonly subscribers: number;
  readonly started_at: string | null;
  readonly updated_at: string | null;
  readonly finished_at: string | null;
}

/**
 * Bytes of a channel with its log, summary and places in the maps and orders of channels, without its id and messages:
 * measured as resident memory with 100,000 channels of one and of 20 messages (3,150 and 5,150 bytes in all).
 */
export const CHANNEL_OVERHEAD = 3000;

/** The messages of one job and those who watch it. */
export class Channel implements SubscriberOwner, LogOwner {
  private log: Log;
  private progress = new Summary();
  private readonly subscribers = new Set<Subscriber>();
  /** The first message that was not yet offered to the subscribers. */
  private unoffered = 1;

  constructor(
    readonly id: string,
    private readonly owner: ChannelOwner,
  ) {
    this.log = new Log(owner.limits, owner.encodings);
  }

  /** No message and no subscriber: nobody would miss it. */
  get empty(): boolean {
    return this.subscribers.size === 0 && !this.begun;
  }

  /** There was a message. */
  get begun(): boolean {
    return this.log.next > 1;
  }

  get finished(): boolean {
    return this.log.ended;
  }

  /** The job has failed; FINISHED may still follow, or another attempt. */
  get failed(): boolean {
    return this.progress.state === 'failed' && !this.log.ended;
  }

  get watched(): boolean {
    return this.subscribers.size > 0;
  }

  /**
   * Bytes in memory: messages, indexes, id and objects, without encodings. A channel without a message counts as nothing:
   * nobody shall push logs out by watching channels that don't exist.
   */
  get bytes(): number {
    return this.begun ? CHANNEL_OVERHEAD + this.id.length + this.log.bytes : 0;
  }

  /**
   * Appends a message; subscribers get it with the next `flush`. False: it is another FINISHED behind the FINISHED that
   * has ended the log, and says nothing new.
   */
  append(message: ProgressMessage, time: number): boolean {
    const finished = message.command === 'FINISHED';
    if (this.log.ended) {
      if (finished) return false;
      this.restart();
    }
    this.log.append(legacyJson(message), time, this);
    this.progress.apply(message, time);
    this.log.ended = finished;
    return true;
  }

  /** Gives every subscriber that can take bytes all that lies between its cursor and the end. */
  flush(): void {
    this.unoffered = this.log.next;
    for (const subscriber of this.subscribers) subscriber.pump();
    if (!this.log.ended) return;
    // In a second round: nobody's last message waits for the others' farewells, which take longer than the messages.
    for (const subscriber of this.subscribers) subscriber.finish();
  }

  /**
   * Adds a subscriber and gives it, in the same turn, everything after `position` (all that is retained when there is
   * none; `null` stands for a position that could not be read). No message can come between replay and live.
   */
  subscribe(sink: Sink, position?: Position | null): Subscription {
    const { from, reset } = this.log.resume(position);
    const subscriber = new Subscriber(this.log, sink, from, this.owner.limits.lag, this);
    this.subscribers.add(subscriber);
    if (this.subscribers.size === 1) this.owner.audienceChanged(this);
    if (reset) sink.reset(reset);
    subscriber.pump();
    subscriber.finish();
    return subscriber;
  }

  left(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    this.owner.audienceChanged(this);
  }

  /** Closes every subscriber. */
  close(ending: EndReason): void {
    for (const subscriber of this.subscribers) subscriber.end(ending);
  }

  /** Ends the streams of clients that wait for an end which a failed job may never have, now and until a message comes. */
  giveUp(): void {
    this.log.givenUp = true;
    for (const subscriber of this.subscribers) subscriber.finish();
  }

  /** Nobody will find this channel any more: frees what its last readers can do without. */
  abandon(): void {
    this.log.dropEncodings();
  }

  summary(): ChannelSummary {
    const { state, attempt, completed, failed, skipped, messages, startedAt, updatedAt, finishedAt } =
      this.progress;
    return {
      id: this.id,
      position: formatPosition(this.log.epoch, this.log.next - 1),
      state,
      attempt,
      tasks: { completed, failed, skipped },
      messages,
      partial: this.progress.partial || this.log.first > 1,
      subscribers: this.subscribers.size,
      started_at: iso(startedAt),
      updated_at: iso(updatedAt),
      finished_at: iso(finishedAt),
    };
  }

  /** A burst longer than the log must not push out what the subscribers were never offered. */
  beforeTrim(first: number): void {
    if (first > this.unoffered) this.flush();
  }

  // Subscribers that have not yet got all of the ended log keep it, and its FINISHED, until they have.
  private restart(): void {
    this.flush();
    this.log = new Log(this.owner.limits, this.owner.encodings);
    this.progress = new Summary();
    this.unoffered = 1;
  }
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
