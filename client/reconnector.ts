import type { Connector } from './connector.js';
import { endFromText, type ConnectionOutcome, type End } from './end.js';
import type { Item } from './item.js';
import { SilenceDetector } from './silence-detector.js';
import { sleepAwareTimeout } from './sleep-aware-timeout.js';
import { onWake, type Wake } from './wake.js';

/** `waiting`: there is no connection; the next attempt starts at `retryAt`. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'ended';

/** The owner of a `Reconnector`. */
interface ReconnectorDelegate {
  /** The id of the last message received. */
  position(): string | undefined;
  /** Returns whether the item is a new message. Throws if the item can't follow the position. */
  accept(item: Item): boolean;
  /** A message or heartbeat arrived. */
  onActivity(): void;
  onState(state: StreamState, retryAt?: number): void;
  onEnd(end: End): void;
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

/** Connects and reconnects until the stream ends or `stop` is called. */
export class Reconnector {
  readonly #connector: Connector;
  readonly #delegate: ReconnectorDelegate;
  readonly #random: () => number;
  readonly #silence = new SilenceDetector();
  readonly #stopListening: () => void;
  #stopped = false;
  /** Failed connections in a row. */
  #failures = 0;
  /** A wake event has requested to reconnect without a delay. */
  #immediate = false;
  /** Ends the current connection or delay. */
  #interrupt = (): void => {};

  constructor(connector: Connector, delegate: ReconnectorDelegate, random: () => number = Math.random) {
    this.#connector = connector;
    this.#delegate = delegate;
    this.#random = random;
    this.#stopListening = onWake(this.#wake);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#immediate = false;
      const outcome = await this.#connect();
      if (this.#stopped) return;
      if (typeof outcome === 'object') return this.#delegate.onEnd(outcome);
      if (!this.#immediate) await this.#delay();
    }
  }

  /** Closes the connection and releases all timers and listeners. */
  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#silence.stop();
    this.#interrupt();
  }

  readonly #wake = (wake: Wake): void => {
    if (this.#silence.idleTime < RECENT[wake]) return;
    this.#immediate = true;
    this.#interrupt();
  };

  async #connect(): Promise<ConnectionOutcome> {
    const controller = new AbortController();
    this.#interrupt = () => controller.abort();
    let liveSince = Number.POSITIVE_INFINITY;
    let finished = false;
    this.#delegate.onState('connecting');
    this.#silence.start();
    const listener = {
      onOpen: (hasHeartbeats: boolean) => {
        liveSince = performance.now();
        this.#silence.open(hasHeartbeats, () => controller.abort());
        this.#delegate.onActivity();
        this.#delegate.onState('live');
      },
      onActivity: (heartbeatOnly: boolean) => {
        this.#silence.activity(heartbeatOnly);
        this.#delegate.onActivity();
      },
      onItem: (item: Item) => {
        if (!this.#delegate.accept(item)) return;
        this.#failures = 0;
        finished = 'command' in item && item.command === 'FINISHED';
      },
    };
    const outcome = await this.#connector.connect(this.#delegate.position(), listener, controller.signal);
    this.#silence.stop();
    if (performance.now() - liveSince >= STABLE) this.#failures = 0;
    // After FINISHED, only the close is missing. Don't reconnect to get the close: the server may have removed the
    // channel.
    return finished ? endFromText('finished') : outcome;
  }

  // Full jitter: clients that lost their connections together must not reconnect together.
  async #delay(): Promise<void> {
    const delay = this.#random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    await new Promise<void>((resolve) => {
      const cancel = sleepAwareTimeout(delay, resolve);
      this.#interrupt = () => {
        cancel();
        resolve();
      };
      this.#delegate.onState('waiting', Date.now() + delay);
    });
  }
}
