import { checkOptions, checkUrl } from './arguments.js';
import { Connector } from './connector.js';
import type { End, LostReason } from './end.js';
import type { Continuation, Item, ResetReason, StreamMessage } from './item.js';
import { ItemQueue } from './item-queue.js';
import type { WatchOptions } from './options.js';
import { Reconnector, type StreamStatus } from './reconnector.js';
import { StreamCursor } from './stream-cursor.js';
import type { StreamParts } from './stream-parts.js';
import { EMPTY, reduce, type Summary } from './summary.js';
import type { StreamState } from './transitions.js';

/** The events of a stream. */
export interface StreamEvents {
  message: CustomEvent<StreamMessage>;
  reset: CustomEvent<ResetReason>;
  continue: CustomEvent<Continuation>;
  /** The summary after one or more items that arrived together. */
  change: CustomEvent<Summary>;
  state: CustomEvent<StreamState>;
  end: CustomEvent<End>;
}

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

  readonly #reconnector: Reconnector;
  readonly #signal: AbortSignal | undefined;
  readonly #queue = new ItemQueue();
  readonly #cursor: StreamCursor;
  #status: StreamStatus = { state: 'connecting' };
  #heardAt: number | undefined;
  #summary: Summary;
  #hasChanged = false;
  #hasLoop = false;
  #hasMessageListener = false;

  /**
   * Connects in the next microtask, so that the caller can add listeners first. See `watch`.
   * Throws a TypeError if the URL or an option is wrong.
   */
  constructor(url: string | URL, options: WatchOptions = {}, parts: StreamParts) {
    super();
    checkOptions(options);
    const target = checkUrl(url);
    this.#summary = options.summary ?? EMPTY;
    this.#cursor = new StreamCursor(options.after ?? target.searchParams.get('after') ?? undefined);
    target.searchParams.delete('after');
    const delegate = {
      position: () => this.#cursor.position,
      accept: (item: Item) => this.#accept(item),
      onActivity: () => void (this.#heardAt = Date.now()),
      onStatus: (status: StreamStatus) => this.#enter(status),
    };
    const connector = new Connector(target, options, parts);
    const source = (options.share && parts.share?.(connector, target.href)) || connector;
    this.#reconnector = new Reconnector(source, delegate, options.random ?? Math.random);
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#close);
    queueMicrotask(() => {
      if (this.#signal?.aborted) this.close();
      this.#reconnector.start();
    });
  }

  get state(): StreamState {
    return this.#status.state;
  }

  /** The id of the last message received. Pass it as `after` to resume later. */
  get position(): string | undefined {
    return this.#cursor.position;
  }

  /** When the last message or heartbeat arrived, in milliseconds since 1970. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /** When the next attempt starts, in milliseconds since 1970. Set only while `waiting`. */
  get retryAt(): number | undefined {
    return this.#status.retryAt;
  }

  /** The state of the job after the last item. A new object after each change. */
  get summary(): Summary {
    return this.#summary;
  }

  /** Why the last connection was lost, or could not be opened. `undefined` while `live`, and before the first loss. */
  get lostReason(): LostReason | undefined {
    return this.#status.lostReason;
  }

  /** Why the stream ended. `undefined` until it ends. */
  get end(): End | undefined {
    return this.#status.end;
  }

  /** Ends the stream. Items that were not iterated yet are discarded. */
  close(): void {
    this.#reconnector.end({ reason: 'closed' });
  }

  /** Throws for the second loop, which would miss the items that the first one takes. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    if (this.#hasLoop) throw new TypeError('A stream has one loop: open another one with watch()');
    this.#hasLoop = true;
    return this.#queue.iterate(this.#close);
  }

  override addEventListener<K extends keyof StreamEvents>(
    type: K,
    listener: (event: StreamEvents[K]) => void,
    options?: ListenerArguments[2],
  ): void;
  override addEventListener(...given: ListenerArguments): void;
  override addEventListener(type: string, listener: unknown, options?: ListenerArguments[2]): void {
    // An event costs more than all other work for a message, even if nobody listens.
    if (type === 'message') this.#hasMessageListener = true;
    if (type === 'message' || type === 'change') this.#queue.stopBufferingWithoutLoop();
    super.addEventListener(type, listener as ListenerArguments[1], options);
  }

  readonly #close = (): void => this.close();

  /** Returns whether the item is a new message. */
  #accept(item: Item): boolean {
    let accepted: Item | undefined;
    for (accepted of this.#cursor.advance(item)) {
      // A listener may have closed the stream.
      if (this.end) return false;
      this.#deliver(accepted);
    }
    return accepted !== undefined && 'command' in accepted;
  }

  #deliver(item: Item): void {
    this.#summary = reduce(this.#summary, item);
    this.#queue.push(item);
    // All items of a frame are delivered in one turn.
    if (!this.#hasChanged) queueMicrotask(this.#reportChange);
    this.#hasChanged = true;
    if ('reset' in item) this.#emit('reset', item.reset);
    else if ('continues' in item) this.#emit('continue', item);
    else if (this.#hasMessageListener) this.#emit('message', item);
  }

  readonly #reportChange = (): void => {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#emit('change', this.#summary);
  };

  #enter(status: StreamStatus): void {
    const { state, end } = status;
    this.#status = status;
    if (end) {
      this.#signal?.removeEventListener('abort', this.#close);
      this.#queue.close(end.reason === 'closed');
      this.#reportChange();
    }
    this.#emit('state', state);
    if (end) this.#emit('end', end);
  }

  #emit<K extends keyof StreamEvents>(type: K, detail: StreamEvents[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
