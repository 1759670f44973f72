import type { ProgressMessage } from '../broker/progress-message.js';
import { Log, type LogLimits } from './log.js';
import { messageJson } from './message-json.js';
import { formatPosition, type Position } from './position.js';
import { Subscriber, type Ending, type Sink, type SubscriberOwner, type Subscription } from './subscriber.js';
import { Summary, type ChannelState } from './summary.js';

export interface ChannelLimits extends LogLimits {
  /** Seconds; see `Subscriber`. */
  readonly lag: number;
}

/** What a channel looks like now; times are ISO 8601 in UTC. */
export interface ChannelSummary {
  readonly id: string;
  readonly position: string;
  readonly state: ChannelState;
  readonly attempt: number;
  readonly tasks: { readonly completed: number; readonly failed: number; readonly skipped: number };
  readonly messages: number;
  readonly subscribers: number;
  readonly started_at: string | null;
  readonly updated_at: string | null;
  readonly finished_at: string | null;
}

/** The messages of one job and those who watch it. */
export class Channel implements SubscriberOwner {
  private log: Log;
  private progress = new Summary();
  private readonly subscribers = new Set<Subscriber>();

  /** @param deserted called whenever a subscriber is gone, so that an owner can drop an empty channel */
  constructor(
    readonly id: string,
    private readonly limits: ChannelLimits,
    private readonly deserted: (channel: Channel) => void,
  ) {
    this.log = new Log(limits);
  }

  /** No message and no subscriber: nobody would miss it. */
  get empty(): boolean {
    return this.subscribers.size === 0 && this.log.next === 1;
  }

  get finished(): boolean {
    return this.log.ended;
  }

  /** Retained bytes, all encodings together. */
  get bytes(): number {
    return this.log.bytes;
  }

  /** Appends a message; subscribers get it with the next `flush`. */
  append(message: ProgressMessage, time: number): void {
    if (this.log.ended) this.restart();
    // A burst longer than the log must not push out what the subscribers were never offered.
    if (this.log.full) this.flush();
    this.log.append(messageJson(message), time);
    this.progress.apply(message, time);
    this.log.ended = message.command === 'FINISHED';
  }

  /** Gives every subscriber that can take bytes all that lies between its cursor and the end. */
  flush(): void {
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
    const subscriber = new Subscriber(this.log, sink, from, this.limits.lag, this);
    this.subscribers.add(subscriber);
    if (reset) sink.reset(reset);
    subscriber.pump();
    subscriber.finish();
    return subscriber;
  }

  left(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber);
    this.deserted(this);
  }

  /** Closes every subscriber. */
  close(ending: Ending): void {
    for (const subscriber of this.subscribers) subscriber.end(ending);
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
      subscribers: this.subscribers.size,
      started_at: iso(startedAt),
      updated_at: iso(updatedAt),
      finished_at: iso(finishedAt),
    };
  }

  // Subscribers that have not yet got all of the ended log keep it, and its FINISHED, until they have.
  private restart(): void {
    this.flush();
    this.log = new Log(this.limits);
    this.progress = new Summary();
  }
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
