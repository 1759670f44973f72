import { checkArguments } from './arguments.js';
import type { End, LostReason } from './end.js';
import type { Item } from './item.js';
import type { WatchOptions } from './options.js';
import { createStreamCore, type StreamCore } from './stream-core.js';
import type { StreamEvents } from './stream-events.js';
import type { StreamOptions } from './stream-parts.js';
import type { Summary } from './summary.js';
import type { StreamState } from './transitions.js';

type ListenerArguments = Parameters<EventTarget['addEventListener']>;

/**
 * The messages of a channel, each once and in order. Reconnects and resumes by itself.
 *
 * Listen to its events, or iterate it in one loop. The loop ends with the stream; leaving the loop early closes the
 * stream. Items wait in memory until the loop takes them; the server's limits of a channel bound their number. After
 * `addEventListener` with `message` or `change`, items wait only while a loop runs.
 */
export class ProgressStream extends EventTarget implements AsyncIterable<Item> {
  declare removeEventListener: ProgressStream['addEventListener'];

  // `declare`: `createStreamCore` sets the first value.
  declare readonly state: StreamState;
  /** The id of the last message received. Pass it as `after` to resume later. */
  declare readonly position: string | undefined;
  /** When the last message or heartbeat arrived, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
  /** When the next attempt starts, in milliseconds since 1970. Set only while `waiting`. */
  readonly retryAt: number | undefined;
  /** The state of the job after the last item. A new object after each change. */
  declare readonly summary: Summary;
  /** Why the last connection was lost, or could not be opened. `undefined` while `live`, and before the first loss. */
  readonly lostReason: LostReason | undefined;
  /** Why the stream ended. `undefined` until it ends. */
  readonly end: End | undefined;
  readonly #core: StreamCore;

  /**
   * Connects in the next microtask, so that the caller can add listeners first. See `watch`.
   * Throws a TypeError if the URL or an option is wrong.
   */
  constructor(url: string | URL, options: WatchOptions = {}, load: StreamOptions['load']) {
    super();
    this.#core = createStreamCore(this, checkArguments(url, options), { ...options, load });
  }

  /** Ends the stream. Items that were not iterated yet are discarded. */
  close(): void {
    this.#core.close();
  }

  /** Throws for the second loop, which would miss the items that the first one takes. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.#core.iterate();
  }

  override addEventListener<K extends keyof StreamEvents>(
    type: K,
    listener: (event: StreamEvents[K]) => void,
    options?: ListenerArguments[2],
  ): void;
  override addEventListener(...given: ListenerArguments): void;
  override addEventListener(type: string, listener: unknown, options?: ListenerArguments[2]): void {
    this.#core.onListener(type);
    super.addEventListener(type, listener as ListenerArguments[1], options);
  }
}
