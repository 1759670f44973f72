import { EMPTY, watch, type ProgressStream, type WatchOptions } from './client.js';
import type { End, LostReason } from './end.js';
import type { Summary } from './summary.js';
import type { StreamState } from './transitions.js';

/** What a view shows of a stream: one immutable object per change. */
export interface Progress {
  readonly summary: Summary;
  readonly state: StreamState;
  /** When the next attempt starts, in milliseconds since 1970. Set only while `waiting`. */
  readonly retryAt?: number | undefined;
  /** Why the last connection was lost. Not set while `live`. */
  readonly lostReason?: LostReason | undefined;
  /** Why the stream ended. Set only when `ended`. */
  readonly end?: End | undefined;
}

/** The progress before the first connection, and without one. */
export const NO_PROGRESS: Progress = { state: 'connecting', summary: EMPTY };

/**
 * The progress of a stream for views that subscribe. The stream is open while there is a subscriber. After a pause, it
 * resumes where it was.
 */
export class ProgressStore {
  readonly #url: string;
  readonly #options: WatchOptions;
  readonly #listeners = new Set<() => void>();
  #stream: ProgressStream | undefined;
  #progress = NO_PROGRESS;

  constructor(url: string, options: WatchOptions = {}) {
    this.#url = url;
    this.#options = options;
  }

  get stream(): ProgressStream | undefined {
    return this.#stream;
  }

  readonly progress = (): Progress => this.#progress;

  /** Calls `listener` after each change. Returns a function that ends the subscription. */
  readonly subscribe = (listener: () => void): (() => void) => {
    // One entry per subscription, also for a listener that subscribes twice.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#stream!.close();
    };
  };

  #open(): void {
    const { end, summary } = this.#progress;
    if (end) return;
    const after = this.#stream?.position;
    if (this.#stream) this.#progress = { state: 'connecting', summary };
    const stream = watch(this.#url, { ...this.#options, ...(after && { after, summary }) });
    this.#stream = stream;
    const update = (): void => {
      // The close of a stream that is only paused is not its end.
      if (this.#listeners.size === 0) return;
      const { state, retryAt, lostReason } = stream;
      this.#progress = { state, retryAt, lostReason, end: stream.end, summary: stream.summary };
      for (const listener of this.#listeners) listener();
    };
    stream.addEventListener('change', update);
    stream.addEventListener('state', update);
  }
}
