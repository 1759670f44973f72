import type { ConnectionOutcome } from './end.js';
import type { Item } from './item.js';
import type { TabMessage } from './tab-message.js';
import type { ConnectionSource, TransportListener } from './transport.js';

/** The stream of this tab, for a session that shares. */
export interface TabStream {
  /** The id of the last message received. */
  readonly position: () => string | undefined;
  readonly listener: TransportListener;
}

/** The tab with the connection. Tells the other tabs what it receives, once per turn. */
export class TabLeader {
  readonly #stream: TabStream;
  readonly #post: (message: TabMessage) => void;
  /** `undefined` until the connection is open. */
  #hasHeartbeats: boolean | undefined;
  #news: { items: Item[]; heartbeatOnly: boolean } | undefined;

  constructor(stream: TabStream, post: (message: TabMessage) => void) {
    this.#stream = stream;
    this.#post = post;
  }

  /** Keeps one connection until it ends, and tells the end. */
  async connect(source: ConnectionSource, signal: AbortSignal): Promise<ConnectionOutcome> {
    const { position, listener } = this.#stream;
    const telling: TransportListener = {
      onOpen: (hasHeartbeats) => {
        this.#hasHeartbeats = hasHeartbeats;
        listener.onOpen(hasHeartbeats);
        this.announce();
      },
      onActivity: (heartbeatOnly) => {
        listener.onActivity(heartbeatOnly);
        this.#collect(heartbeatOnly);
      },
      onItem: (item) => {
        // An item that can't follow throws, and is not told.
        listener.onItem(item);
        this.#collect(false).push(item);
      },
    };
    const outcome = await source(position, telling, signal);
    this.#tellNews();
    // Another tab may have a token that is not refused.
    if (typeof outcome === 'string' || outcome.reason !== 'refused') this.#post({ kind: 'over', outcome });
    return outcome;
  }

  /** Tells that this tab leads, and its position. */
  announce(): void {
    this.#tellNews();
    const position = this.#stream.position();
    if (this.#hasHeartbeats === undefined) this.#post({ kind: 'busy' });
    else this.#post({ kind: 'lead', position, hasHeartbeats: this.#hasHeartbeats });
  }

  #collect(heartbeatOnly: boolean): Item[] {
    if (!this.#news) queueMicrotask(() => this.#tellNews());
    this.#news ??= { items: [], heartbeatOnly };
    this.#news.heartbeatOnly &&= heartbeatOnly;
    return this.#news.items;
  }

  #tellNews(): void {
    if (this.#news) this.#post({ kind: 'news', ...this.#news, position: this.#stream.position() });
    this.#news = undefined;
  }
}
