import { endFromText, type ConnectionOutcome, type End, type LostReason } from './end.js';
import type { Item } from './item.js';
import { SilenceDetector } from './silence-detector.js';
import { sleepAwareTimeout } from './sleep-aware-timeout.js';
import type { ConnectionSource } from './transport.js';
import { TRANSITIONS, type ConnectionEvent, type StreamState } from './transitions.js';
import { onWake, type Wake } from './wake.js';

export type { StreamState } from './transitions.js';

/** The state of a stream, with what belongs to the state. */
export interface StreamStatus {
  readonly state: StreamState;
  /** When the next attempt starts, in milliseconds since 1970. Set only while `waiting`. */
  readonly retryAt?: number | undefined;
  /** Why the last connection was lost. Not set while `live`. */
  readonly lostReason?: LostReason | undefined;
  /** Why the stream ended. Set only when `ended`. */
  readonly end?: End | undefined;
}

/** The owner of a `Reconnector`. */
interface ReconnectorDelegate {
  /** The id of the last message received. */
  readonly position: () => string | undefined;
  /** Returns whether the item is a new message. Throws if the item can't follow the position. */
  accept(item: Item): boolean;
  /** A message or heartbeat arrived. */
  onActivity(): void;
  onStatus(status: StreamStatus): void;
}

/** Milliseconds: the longest first delay. It doubles with each failure, up to `LONGEST_DELAY`. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30_000;
/** Milliseconds after which a connection counts as a success, even without a message. */
const STABLE = 10_000;
/**
 * Milliseconds: a connection with more recent activity survives a wake event. After `online`, no connection survives,
 * because it may belong to another network.
 */
const RECENT: Readonly<Record<Wake, number>> = { online: 0, shown: 5000, focused: 30_000 };

/** Connects and reconnects until the stream ends, by the table of transitions. */
export class Reconnector {
  readonly #source: ConnectionSource;
  readonly #delegate: ReconnectorDelegate;
  readonly #random: () => number;
  readonly #silence = new SilenceDetector();
  readonly #stopListening: () => void;
  #state: StreamState = 'connecting';
  /** Failed connections in a row. */
  #failures = 0;
  #lostReason: LostReason | undefined;
  /** The last item of the connection is the message FINISHED. */
  #finished = false;
  /** Ends the connection or the delay of the current state. */
  #release = (): void => {};

  constructor(source: ConnectionSource, delegate: ReconnectorDelegate, random: () => number) {
    this.#source = source;
    this.#delegate = delegate;
    this.#random = random;
    this.#stopListening = onWake(this.#wake);
  }

  /** Starts the first attempt, unless the stream has ended. */
  start(): void {
    if (this.#state === 'connecting') this.#connect();
  }

  /** Ends the stream: closes the connection, and releases all timers and listeners. */
  end(end: End): void {
    this.#handle('ended', () => {
      this.#stopListening();
      this.#delegate.onStatus({ state: 'ended', lostReason: this.#lostReason, end });
    });
  }

  readonly #wake = (wake: Wake): void => {
    if (this.#silence.idleTime < RECENT[wake]) return;
    if (this.#finished) this.end(endFromText('finished'));
    if (this.#state !== 'waiting') this.#lostReason = 'woken';
    this.#handle('woken', this.#connect);
  };

  /** @param enter starts what belongs to the next state, and reports that state */
  #handle(event: ConnectionEvent, enter: () => void): void {
    const next = TRANSITIONS[this.#state][event];
    if (!next) return;
    this.#state = next;
    if (next !== 'live') this.#release();
    enter();
  }

  readonly #connect = (): void => {
    const controller = new AbortController();
    const { signal } = controller;
    let liveSince = Number.POSITIVE_INFINITY;
    this.#finished = false;
    this.#release = () => {
      controller.abort();
      this.#silence.stop();
      if (performance.now() - liveSince >= STABLE) this.#failures = 0;
    };
    const onOutcome = (outcome: ConnectionOutcome): void => {
      if (signal.aborted) return;
      // After FINISHED, only the close is missing. Don't reconnect to get the close: the server may have removed the
      // channel.
      const end = this.#finished ? endFromText('finished') : outcome;
      if (typeof end === 'object') this.end(end);
      else this.#handle('lost', () => this.#wait(end));
    };
    const onOpen = (hasHeartbeats: boolean): void =>
      this.#handle('opened', () => {
        liveSince = performance.now();
        this.#lostReason = undefined;
        this.#silence.open(hasHeartbeats, () => onOutcome('silent'));
        this.#delegate.onActivity();
        this.#delegate.onStatus({ state: 'live' });
      });
    const onActivity = (heartbeatOnly: boolean): void => {
      this.#silence.activity(heartbeatOnly);
      this.#delegate.onActivity();
    };
    const onItem = (item: Item): void => {
      if (signal.aborted || !this.#delegate.accept(item)) return;
      this.#failures = 0;
      this.#finished = 'command' in item && item.command === 'FINISHED';
    };
    this.#silence.start();
    this.#delegate.onStatus({ state: 'connecting', lostReason: this.#lostReason });
    const listener = { onOpen, onActivity, onItem };
    void this.#source.connect(this.#delegate.position, listener, signal).then(onOutcome);
  };

  // Full jitter: clients that lost their connections together must not reconnect together.
  #wait(lostReason: LostReason): void {
    this.#lostReason = lostReason;
    const delay = this.#random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    this.#release = sleepAwareTimeout(delay, () => this.#handle('due', this.#connect));
    this.#delegate.onStatus({ state: 'waiting', retryAt: Date.now() + delay, lostReason });
  }
}
