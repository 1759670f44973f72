import type { Encoder, Log, ResetReason } from './log.js';

/** Why the channel closes a subscriber. */
export type EndReason = 'finished' | 'failed' | 'idle' | 'slow' | 'evicted';

/** Where a subscriber's messages go: a WebSocket, an SSE response. Its methods must not throw. */
export interface Sink {
  /** How this watcher wants its messages; `null`: as records. */
  readonly encoder: Encoder | null;
  /** The client needs an end (`failed`) also when its job fails and nothing follows. */
  readonly needsEnd?: boolean;
  /** Says that the stream starts over, before its first message. */
  reset(reason: ResetReason): void;
  /** Takes whole messages. False: taken, but send no more until `Subscription.drained` is called. */
  write(bytes: Buffer): boolean;
  /** The channel ends the subscription; nothing follows. */
  end(reason: EndReason): void;
}

/** What the owner of a sink holds in return. Both methods may be called at any time, any number of times. */
export interface Subscription {
  /** Whether the sink was given every message, or needs no more. */
  readonly caughtUp: boolean;
  /** The sink can take bytes again. */
  drained(): void;
  /** The sink is gone. */
  close(): void;
}

/** Who keeps a subscriber; an interface, since a callback of its own would cost each one 100 bytes. */
export interface SubscriberOwner {
  /** Called once, when the subscriber is closed by either side. */
  left(subscriber: Subscriber): void;
}

/** Bytes that a subscriber gets in one turn of the event loop: some milliseconds of encoding. Others have theirs between. */
const LARGEST_TURN = 1024 * 1024;

/** A position in a log plus a sink. It owns no queue: what its sink can't take yet stays in the log. */
export class Subscriber implements Subscription {
  private cursor: number;
  private blocked = false;
  private closed = false;
  private lagging: NodeJS.Timeout | undefined;

  /** @param lag seconds that a sink may take nothing while it is blocked */
  constructor(
    private readonly log: Log,
    private readonly sink: Sink,
    from: number,
    private readonly lag: number,
    private readonly owner: SubscriberOwner,
  ) {
    this.cursor = from;
  }

  get caughtUp(): boolean {
    return this.closed || this.cursor === this.log.next;
  }

  /** Hands the sink everything between the cursor and the end of the log, as far as it can take it; `finish` follows. */
  pump(): void {
    if (this.closed) return;
    // Never skip what was trimmed in silence: the watcher comes back with its position and is told of the reset.
    if (this.cursor < this.log.first) return this.end('slow');
    let room = LARGEST_TURN;
    while (!this.blocked && this.cursor < this.log.next) {
      const { bytes, next } = this.log.read(this.sink.encoder, this.cursor);
      this.cursor = next;
      room -= bytes.length;
      if (!this.sink.write(bytes)) this.block();
      else if (room <= 0) this.pause();
    }
  }

  /** Closes the sink if it has got all of a log that is over for it. */
  finish(): void {
    if (this.cursor < this.log.next) return;
    if (this.log.ended) this.end('finished');
    else if (this.log.givenUp && this.sink.needsEnd) this.end('failed');
  }

  drained(): void {
    this.unblock();
    this.pump();
    this.finish();
  }

  /** Closes the sink, too. */
  end(ending: EndReason): void {
    if (this.closed) return;
    this.close();
    this.sink.end(ending);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unblock();
    this.owner.left(this);
  }

  private block(): void {
    this.blocked = true;
    this.lagging = setTimeout(() => this.judge(), this.lag * 1000).unref();
  }

  private pause(): void {
    this.blocked = true;
    setImmediate(() => this.drained());
  }

  // After a pause of the whole process timers come first: a sink that has drained meanwhile says so in the same turn.
  private judge(): void {
    const { lagging } = this;
    setImmediate(() => {
      if (this.blocked && this.lagging === lagging) this.end('slow');
    });
  }

  private unblock(): void {
    this.blocked = false;
    clearTimeout(this.lagging);
  }
}
