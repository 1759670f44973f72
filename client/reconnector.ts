import type { Connector } from './connector.js';
import { endOf, refused, type End } from './end.js';
import type { Item } from './item.js';

/** `waiting`: there is no connection, and the next attempt is at `retryAt`. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'ended';

/** Whom the connections are for. */
export interface Host {
  position(): string | undefined;
  /** Says whether it was a message not seen before; throws when it can't stand here. */
  take(item: Item): boolean;
  enter(state: StreamState, retryAt?: number): void;
  end(end: End): void;
}

/** Milliseconds: the longest first delay, which doubles each time, and the longest of all. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30_000;
/** Milliseconds after which a connection counts as a good one even without a message. */
const STEADY = 10_000;

/** Keeps a host connected until the stream ends or it is stopped. */
export class Reconnector {
  #stopped = false;
  /** Connections in a row that came to nothing. */
  #failures = 0;
  /** The token was refused since the last good connection. */
  #refused = false;
  #hurried = false;
  /** Ends the connection or the delay there is now. */
  #interrupt = (): void => {};

  constructor(
    private readonly connector: Connector,
    private readonly host: Host,
    private readonly random: () => number = Math.random,
  ) {
    (globalThis as Partial<EventTarget>).addEventListener?.('online', this.#hurry);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#hurried = false;
      const outcome = await this.#connect();
      if (this.#stopped) return;
      if (typeof outcome === 'object') return this.host.end(outcome);
      if (outcome === 'token') {
        if (this.#refused || !this.connector.renewsToken) return this.host.end(refused('token'));
        this.#refused = true;
      }
      if (!this.#hurried) await this.#delay();
    }
  }

  /** Leaves nothing behind: no connection, no timer, no listener. */
  stop(): void {
    this.#stopped = true;
    (globalThis as Partial<EventTarget>).removeEventListener?.('online', this.#hurry);
    this.#interrupt();
  }

  // A connection from before the network was lost may be dead without knowing it, so it goes, too.
  readonly #hurry = (): void => {
    this.#hurried = true;
    this.#interrupt();
  };

  async #connect(): ReturnType<Connector['connect']> {
    const controller = new AbortController();
    this.#interrupt = () => controller.abort();
    let liveSince = Number.POSITIVE_INFINITY;
    let finished = false;
    this.host.enter('connecting');
    const receiver = {
      open: () => {
        liveSince = performance.now();
        this.host.enter('live');
      },
      take: (item: Item) => {
        if (!this.host.take(item)) return;
        this.#succeed();
        finished = 'command' in item && item.command === 'FINISHED';
      },
    };
    const outcome = await this.connector.connect(this.host.position(), receiver, controller.signal);
    if (performance.now() - liveSince >= STEADY) this.#succeed();
    // Only the goodbye is missing, and the server may have forgotten the channel when we come back for it.
    return finished ? endOf('finished') : outcome;
  }

  #succeed(): void {
    this.#failures = 0;
    this.#refused = false;
  }

  // Full jitter: watchers that were cut off together must not come back together.
  async #delay(): Promise<void> {
    const delay = this.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
      this.host.enter('waiting', Date.now() + delay);
    });
  }
}
