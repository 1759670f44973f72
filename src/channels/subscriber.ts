import type { Position } from '../messages/position.js';
import type { ChannelCounters } from './channel-counters.js';
import type { Log } from './log.js';
import type { EndReason, ResetCause, Sink, Subscription } from './sink.js';

/** The objects that all subscribers share. */
export interface SubscriberContext {
  readonly limits: {
    /** Seconds for which a sink may stay blocked. */
    readonly lag: number;
  };
  readonly counters: ChannelCounters;
  /** A subscription has ended because of an unexpected error. */
  subscriptionFailed(error: unknown): void;
}

/** The channel of a subscriber. An interface, because a callback takes 100 bytes per subscriber. */
export interface SubscriberOwner {
  readonly context: SubscriberContext;
  /** Called once, when either side closes the subscriber. */
  remove(subscriber: Subscriber): void;
  /** The subscriber has a position in a log that this process does not know yet. */
  awaitLog(): void;
}

/**
 * Bytes that a subscriber gets per event-loop turn: a few milliseconds of encoding. Then other subscribers get their
 * turn.
 */
const LARGEST_TURN = 1024 * 1024;

/** A cursor in a log plus a sink. It has no queue: messages stay in the log until the sink can take them. */
export class Subscriber implements Subscription {
  /** The next message to write. */
  private cursor = 0;
  /** The sink has returned false and has not drained. */
  private blocked = false;
  /** The subscriber continues in the next turn. */
  private paused = false;
  private closed = false;
  private lagTimer: NodeJS.Timeout | undefined;
  /** The position of the client in a log that this process does not know yet. */
  private awaited: Position | undefined;

  /** After the constructor, `start` must be called once. */
  constructor(
    private log: Log,
    private readonly sink: Sink,
    private readonly owner: SubscriberOwner,
  ) {}

  get caughtUp(): boolean {
    return this.closed || this.cursor === this.log.endSeq;
  }

  /** Starts after `position`; see `Log.resume`. */
  start(position: Position | null | undefined): void {
    this.awaited = undefined;
    if (position && this.log.isUnknown) return this.awaitLog(position);
    const { seq, reset, continues } = this.log.resume(position);
    this.cursor = seq;
    if (continues) this.sink.continues(continues, this.log.epoch);
    if (reset) this.reset(reset);
  }

  /**
   * Continues in `log`, which replaces the current log. Does nothing if the current log has ended: the subscriber reads
   * that log to its end.
   */
  moveTo(log: Log): void {
    if (this.closed || this.log.ended) return;
    const { epoch, empty } = this.log;
    this.log = log;
    this.start(empty ? this.awaited : { epoch, seq: this.cursor - 1 });
  }

  /** The log that the client knows does not exist any more. */
  stopAwaiting(): void {
    if (this.closed || !this.awaited) return;
    this.awaited = undefined;
    this.reset('epoch');
  }

  /**
   * The log goes on under another epoch.
   *
   * @param last the last position of the earlier epoch
   */
  continueAfter(last: Position): void {
    if (this.closed) return;
    if (this.cursor <= last.seq + 1) return this.sink.continues(last, this.log.epoch);
    // Elsewhere the client has seen messages that this log lacks.
    this.start({ epoch: last.epoch, seq: this.cursor - 1 });
    this.pump();
  }

  /**
   * Writes messages from the cursor to the end of the log, until the sink is blocked. Call `finish` afterwards. An
   * unexpected error ends this subscription only.
   */
  pump(): void {
    if (this.closed) return;
    try {
      this.writeNew();
    } catch (error) {
      this.owner.context.subscriptionFailed(error);
      this.end('error');
    }
  }

  /** Ends the subscription if the sink has all messages and no other message follows. */
  finish(): void {
    if (this.cursor < this.log.endSeq) return;
    if (this.log.ended) this.end('finished');
    else if (this.log.failureIsFinal && this.sink.endsAfterFailure) this.end('failed');
  }

  drained(): void {
    this.unblock();
    this.pump();
    this.finish();
  }

  /** Closes the subscription and its sink. */
  end(reason: EndReason): void {
    if (this.closed) return;
    const { context } = this.owner;
    context.counters.ends[reason]++;
    this.close();
    try {
      this.sink.end(reason);
    } catch (error) {
      context.subscriptionFailed(error);
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unblock();
    this.owner.remove(this);
  }

  private awaitLog(position: Position): void {
    this.awaited = position;
    this.cursor = this.log.endSeq;
    this.owner.awaitLog();
  }

  private reset(cause: ResetCause): void {
    this.owner.context.counters.resets[cause]++;
    this.sink.reset(cause);
  }

  private writeNew(): void {
    // Trimmed messages must not be skipped silently. A closed client reconnects with its position and gets a reset.
    if (this.cursor < this.log.startSeq) return this.end('slow');
    // The log may have ended before it has reached the position of the client.
    if (this.cursor > this.log.endSeq) this.start({ epoch: this.log.epoch, seq: this.cursor - 1 });
    const { counters } = this.owner.context;
    let budget = LARGEST_TURN;
    while (!this.blocked && !this.paused && this.cursor < this.log.endSeq) {
      const { bytes, endSeq } = this.log.read(this.sink.encoder, this.cursor);
      this.cursor = endSeq;
      budget -= bytes.length;
      counters.deliveries++;
      counters.deliveredBytes += bytes.length;
      if (!this.sink.write(bytes)) this.block();
      else if (budget <= 0) this.pause();
    }
  }

  private block(): void {
    this.blocked = true;
    this.lagTimer = setTimeout(() => this.checkLag(), this.owner.context.limits.lag * 1000).unref();
  }

  private unblock(): void {
    this.blocked = false;
    clearTimeout(this.lagTimer);
  }

  private pause(): void {
    this.paused = true;
    setImmediate(() => {
      this.paused = false;
      this.pump();
      this.finish();
    });
  }

  // After a pause of the process, timers run before sockets. A sink that has drained calls `drained` before the
  // immediate.
  private checkLag(): void {
    const { lagTimer } = this;
    setImmediate(() => {
      if (this.blocked && this.lagTimer === lagTimer) this.end('slow');
    });
  }
}
