import type { Connector } from './connector.js';
import { endOf, type End } from './end.js';
import type { Item } from './item.js';
import { Pulse } from './pulse.js';
import { after } from './stopwatch.js';
import { onWake, type Wake } from './wake.js';

/** `waiting`: there is no connection, and the next attempt is at `retryAt`. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'ended';

/** Whom the connections are for. */
export interface Host {
  position(): string | undefined;
  /** Says whether it was a message not seen before; throws when it can't stand here. */
  take(item: Item): boolean;
  /** There was a sign of life from the server. */
  heard(): void;
  enter(state: StreamState, retryAt?: number): void;
  end(end: End): void;
}

/** Milliseconds: the longest first delay, which doubles each time, and the longest of all. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30_000;
/** Milliseconds after which a connection counts as a good one even without a message. */
const STEADY = 10_000;
/**
 * Milliseconds: a connection, or an attempt, that gave a sign of life so recently is believed. After `online` none is: the
 * connection may be of another network.
 */
const BELIEVED: Readonly<Record<Wake, number>> = { online: 0, shown: 5000, focused: 30_000 };

/** Keeps a host connected until the stream ends or it is stopped. */
export class Reconnector {
  #stopped = false;
  /** Connections in a row that came to nothing. */
  #failures = 0;
  #hurried = false;
  /** Ends the connection or the delay there is now. */
  #interrupt = (): void => {};
  readonly #pulse = new Pulse();
  readonly #unwatch: () => void;

  constructor(
    private readonly connector: Connector,
    private readonly host: Host,
    private readonly random: () => number = Math.random,
  ) {
    this.#unwatch = onWake(this.#look);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#hurried = false;
      const outcome = await this.#connect();
      if (this.#stopped) return;
      if (typeof outcome === 'object') return this.host.end(outcome);
      if (!this.#hurried) await this.#delay();
    }
  }

  /** Leaves nothing behind: no connection, no timer, no listener. */
  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#pulse.stop();
    this.#interrupt();
  }

  readonly #look = (wake: Wake): void => {
    if (this.#pulse.age < BELIEVED[wake]) return;
    this.#hurried = true;
    this.#interrupt();
  };

  async #connect(): ReturnType<Connector['connect']> {
    const controller = new AbortController();
    this.#interrupt = () => controller.abort();
    let liveSince = Number.POSITIVE_INFINITY;
    let finished = false;
    this.host.enter('connecting');
    this.#pulse.start();
    const receiver = {
      open: (audible: boolean) => {
        liveSince = performance.now();
        this.#pulse.open(audible, () => controller.abort());
        this.host.heard();
        this.host.enter('live');
      },
      heard: (beat: boolean) => {
        this.#pulse.heard(beat);
        this.host.heard();
      },
      take: (item: Item) => {
        if (!this.host.take(item)) return;
        this.#failures = 0;
        finished = 'command' in item && item.command === 'FINISHED';
      },
    };
    const outcome = await this.connector.connect(this.host.position(), receiver, controller.signal);
    this.#pulse.stop();
    if (performance.now() - liveSince >= STEADY) this.#failures = 0;
    // Only the goodbye is missing, and the server may have forgotten the channel when we come back for it.
    return finished ? endOf('finished') : outcome;
  }

  // Full jitter: watchers that were cut off together must not come back together.
  async #delay(): Promise<void> {
    const delay = this.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    await new Promise<void>((resolve) => {
      const cancel = after(delay, resolve);
      this.#interrupt = () => {
        cancel();
        resolve();
      };
      this.host.enter('waiting', Date.now() + delay);
    });
  }
}
