import { Connector } from './connector.js';
import type { End } from './end.js';
import {
  distance,
  type Continuation,
  type Item,
  type StreamMessage,
  type Reset,
  type ResetReason,
} from './item.js';
import { ItemQueue } from './item-queue.js';
import type { WatchOptions } from './options.js';
import { Reconnector, type StreamStatus } from './reconnector.js';
import type { StreamState } from './transitions.js';
import { toAbsoluteUrl } from './url.js';

/** The events of a stream. */
export interface StreamEvents {
  message: CustomEvent<StreamMessage>;
  reset: CustomEvent<ResetReason>;
  continue: CustomEvent<Continuation>;
  state: CustomEvent<StreamState>;
  end: CustomEvent<End>;
}

type ListenerArguments = Parameters<EventTarget['addEventListener']>;

/**
 * The messages of a channel, each once and in order. Reconnects and resumes by itself.
 *
 * Listen to its events, or iterate it in one loop. The loop ends with the stream; leaving the loop early closes the
 * stream. Items wait in memory until the loop takes them; the server's limits of a channel bound their number. After
 * `addEventListener('message')`, items wait only while a loop runs.
 */
export class ProgressStream extends EventTarget implements AsyncIterable<Item> {
  declare removeEventListener: ProgressStream['addEventListener'];

  readonly #reconnector: Reconnector;
  readonly #signal: AbortSignal | undefined;
  readonly #queue = new ItemQueue();
  #status: StreamStatus = { state: 'connecting' };
  #position: string | undefined;
  #heardAt: number | undefined;

  /** Connects in the next microtask, so that the caller can add listeners first. See `watch`. */
  constructor(url: string | URL, options: WatchOptions = {}) {
    super();
    const target = toAbsoluteUrl(url);
    target.hash = '';
    this.#position = options.after ?? target.searchParams.get('after') ?? undefined;
    target.searchParams.delete('after');
    const delegate = {
      position: () => this.#position,
      accept: (item: Item) => this.#accept(item),
      onActivity: () => void (this.#heardAt = Date.now()),
      onStatus: (status: StreamStatus) => this.#enter(status),
    };
    this.#reconnector = new Reconnector(new Connector(target, options), delegate, options.random);
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
    return this.#position;
  }

  /** When the last message or heartbeat arrived, in milliseconds since 1970. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /** When the next attempt starts, in milliseconds since 1970. Set only while `waiting`. */
  get retryAt(): number | undefined {
    return this.#status.retryAt;
  }

  /** Why the stream ended. `undefined` until it ends. */
  get end(): End | undefined {
    return this.#status.end;
  }

  /** Ends the stream. Items that were not iterated yet are discarded. */
  close(): void {
    this.#reconnector.end({ reason: 'closed' });
  }

  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.#queue.iterate(this.#close);
  }

  override addEventListener<K extends keyof StreamEvents>(
    type: K,
    listener: (event: StreamEvents[K]) => void,
    options?: ListenerArguments[2],
  ): void;
  override addEventListener(...given: ListenerArguments): void;
  override addEventListener(type: string, listener: unknown, options?: ListenerArguments[2]): void {
    if (type === 'message') this.#queue.stopBufferingWithoutLoop();
    super.addEventListener(type, listener as ListenerArguments[1], options);
  }

  readonly #close = (): void => this.close();

  #accept(item: Item): boolean {
    if (this.end) return false;
    if ('reset' in item) return this.#reset(item);
    if ('continues' in item) return this.#continue(item);
    const ahead = this.#position === undefined ? 1 : distance(this.#position, item.id);
    if (ahead <= 0) return false;
    // A log has no gaps. A new connection, resumed at the position, delivers the missing messages.
    if (ahead > 1) throw new RangeError('gap');
    if (Number.isNaN(ahead)) this.#reset({ reset: 'epoch' });
    this.#position = item.id;
    this.#queue.push(item);
    this.#emit('message', item);
    return true;
  }

  #reset(item: Reset): boolean {
    this.#position = undefined;
    this.#queue.push(item);
    this.#emit('reset', item.reset);
    return false;
  }

  #continue(item: Continuation): boolean {
    // Numbers stay. A position beyond the restored messages is answered by a reset instead.
    if (distance(this.#position ?? '', item.continues) >= 0)
      this.#position = this.#position!.replace(/.+(?=-)/, item.epoch);
    this.#queue.push(item);
    this.#emit('continue', item);
    return false;
  }

  #enter(status: StreamStatus): void {
    const { state, end } = status;
    this.#status = status;
    if (end) {
      this.#signal?.removeEventListener('abort', this.#close);
      this.#queue.close(end.reason === 'closed');
    }
    this.#emit('state', state);
    if (end) this.#emit('end', end);
  }

  #emit<K extends keyof StreamEvents>(type: K, detail: StreamEvents[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
