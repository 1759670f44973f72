import { Connector } from './connector.js';
import type { End } from './end.js';
import { distance, type Item, type ProgressMessage, type Reset, type ResetReason } from './item.js';
import { ItemQueue } from './item-queue.js';
import type { WatchOptions } from './options.js';
import { Reconnector, type StreamState } from './reconnector.js';
import { absolute } from './url.js';

/** The events of a stream. */
export interface StreamEvents {
  message: CustomEvent<ProgressMessage>;
  reset: CustomEvent<ResetReason>;
  state: CustomEvent<StreamState>;
  end: CustomEvent<End>;
}

type Listening = Parameters<EventTarget['addEventListener']>;

/**
 * The messages of a channel, each once and in order, over as many connections as it takes. Listen to it, or iterate
 * it in one loop, which ends with the stream and closes it when it is left early. What the loop has not taken yet is
 * kept in memory, at most what the server sends of the channel; once somebody listens for messages, nothing is kept
 * unless a loop runs.
 */
export class ProgressStream extends EventTarget implements AsyncIterable<Item> {
  declare removeEventListener: ProgressStream['addEventListener'];

  state: StreamState = 'connecting';
  /** The id of the last message that came: what to give as `after` another time. */
  position: string | undefined;
  /** When the server last gave a sign of life, in milliseconds since 1970. Heartbeats count. */
  heardAt: number | undefined;
  /** When the next attempt is, in milliseconds since 1970, while `waiting`. */
  retryAt: number | undefined;
  /** Why the stream has ended, as soon as it has. */
  end: End | undefined;

  readonly #reconnector: Reconnector;
  readonly #signal: AbortSignal | undefined;
  readonly #queue = new ItemQueue();

  /** Starts to connect in the next turn, so that there is time to listen; see `watch`. */
  constructor(url: string | URL, options: WatchOptions = {}) {
    super();
    const target = absolute(url);
    target.hash = '';
    this.position = options.after ?? target.searchParams.get('after') ?? undefined;
    target.searchParams.delete('after');
    const host = {
      position: () => this.position,
      take: (item: Item) => this.#take(item),
      heard: () => void (this.heardAt = Date.now()),
      enter: (state: StreamState, retryAt?: number) => this.#enter(state, retryAt),
      end: (end: End) => this.#finish(end),
    };
    this.#reconnector = new Reconnector(new Connector(target, options), host, options.random);
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#abort);
    queueMicrotask(() => {
      if (this.#signal?.aborted) this.close();
      void this.#reconnector.run();
    });
  }

  /** Ends the stream; what came and was not iterated yet is dropped. */
  close(): void {
    this.#finish({ reason: 'closed' });
  }

  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.#queue.iterate(this.#abort);
  }

  override addEventListener<K extends keyof StreamEvents>(
    type: K,
    listener: (event: StreamEvents[K]) => void,
    options?: Listening[2],
  ): void;
  override addEventListener(...listening: Listening): void;
  override addEventListener(type: string, listener: unknown, options?: Listening[2]): void {
    if (type === 'message') this.#queue.forgo();
    super.addEventListener(type, listener as Listening[1], options);
  }

  readonly #abort = (): void => this.close();

  #take(item: Item): boolean {
    if (this.end) return false;
    if ('reset' in item) return this.#reset(item);
    const ahead = this.position === undefined ? 1 : distance(this.position, item.id);
    if (ahead <= 0) return false;
    // The log has no holes: what is missing will come on a new connection.
    if (ahead > 1) throw new RangeError(`${item.id} after ${this.position}`);
    if (Number.isNaN(ahead)) this.#reset({ reset: 'epoch' });
    this.position = item.id;
    this.#queue.push(item);
    this.#emit('message', item);
    return true;
  }

  #reset(item: Reset): boolean {
    this.position = undefined;
    this.#queue.push(item);
    this.#emit('reset', item.reset);
    return false;
  }

  #enter(state: StreamState, retryAt: number | undefined): void {
    this.retryAt = retryAt;
    this.state = state;
    this.#emit('state', state);
  }

  #finish(end: End): void {
    if (this.end) return;
    this.end = end;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#reconnector.stop();
    this.#queue.close(end.reason === 'closed');
    this.#enter('ended', undefined);
    this.#emit('end', end);
  }

  #emit<K extends keyof StreamEvents>(type: K, detail: StreamEvents[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
