import { createConnector } from './connector.js';
import { distance, type Item } from './item.js';
import { createItemQueue } from './item-queue.js';
import { createReconnector } from './reconnector.js';
import type { StreamEvents } from './stream-events.js';
import type { StreamOptions } from './stream-parts.js';
import type { StreamView } from './stream-view.js';
import { EMPTY, reduce } from './summary.js';
import type { ConnectionSource } from './transport.js';

/** What a `ProgressStream` does. Functions instead of methods: a minifier can't shorten the names of fields. */
export interface StreamCore {
  close(): void;
  iterate(): AsyncGenerator<Item, void, undefined>;
  /** The user listens to an event. */
  onListener(type: string): void;
}

/**
 * Connects the parts of a stream: what arrives changes the view, goes to the loop, and is reported to listeners.
 * Throws a TypeError if there is no WebSocket, and the options demand one.
 */
export function createStreamCore(
  stream: StreamView & EventTarget,
  url: URL,
  options: StreamOptions,
): StreamCore {
  const { signal } = options;
  const queue = createItemQueue(stream);
  let hasChanged = false;
  let hasLoop = false;
  let hasMessageListener = false;

  function emit<K extends keyof StreamEvents>(type: K, detail: StreamEvents[K]['detail']): void {
    stream.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Delivers an item, and moves the position past it. Returns whether the item is a new message. Throws a RangeError for a
   * message after a gap: a log has none, so a new connection, resumed at the position, delivers the missing messages.
   */
  function accept(item: Item): boolean {
    if ('reset' in item) {
      stream.position = undefined;
      deliver(item, 'reset', item.reset);
    } else if ('continues' in item) {
      // Numbers stay. A position beyond the restored messages is answered by a reset instead.
      if (distance(stream.position ?? '', item.continues) >= 0)
        stream.position = stream.position!.replace(/.+(?=-)/, item.epoch);
      deliver(item, 'continue', item);
    } else {
      const ahead = stream.position === undefined ? 1 : distance(stream.position, item.id);
      if (ahead > 1) throw new RangeError('gap');
      // The message is of an epoch that the server has not announced.
      if (Number.isNaN(ahead)) accept({ reset: 'epoch' });
      // A listener of the reset may have closed the stream.
      if (ahead <= 0 || stream.end) return false;
      stream.position = item.id;
      deliver(item, 'message', item);
      return true;
    }
    return false;
  }

  function deliver<K extends keyof StreamEvents>(
    item: Item,
    type: K,
    detail: StreamEvents[K]['detail'],
  ): void {
    stream.summary = reduce(stream.summary, item);
    queue.push(item);
    // All items of a frame are delivered in one turn.
    if (!hasChanged) queueMicrotask(reportChange);
    hasChanged = true;
    // An event costs more than all other work for a message, even if nobody listens.
    if (type !== 'message' || hasMessageListener) emit(type, detail);
  }

  function reportChange(): void {
    if (hasChanged) emit('change', stream.summary);
    hasChanged = false;
  }

  function onState(): void {
    const { state, end } = stream;
    if (end) {
      signal?.removeEventListener('abort', close);
      queue.wake();
      reportChange();
    }
    emit('state', state);
    if (end) emit('end', end);
  }

  function close(): void {
    reconnector.end({ reason: 'closed' });
  }

  stream.state = 'connecting';
  stream.position = options.after ?? url.searchParams.get('after') ?? undefined;
  stream.summary = options.summary ?? EMPTY;
  url.searchParams.delete('after');
  const connector = createConnector(url, options);
  const shared: ConnectionSource = async (...request) => {
    // Without the chunk, this tab has its own connection.
    const parts = await options.load().catch(() => undefined);
    return (parts?.share?.(connector, url.href) ?? connector)(...request);
  };
  const source = options.share ? shared : connector;
  const reconnector = createReconnector(stream, source, { ...options, accept, onState });
  signal?.addEventListener('abort', close);
  queueMicrotask(() => {
    if (signal?.aborted) close();
    if (!stream.end) reconnector.connect();
  });

  return {
    close,
    iterate() {
      if (hasLoop) throw new TypeError('A stream has one loop: open another one with watch()');
      hasLoop = true;
      return queue.iterate(close);
    },
    onListener(type) {
      hasMessageListener ||= type === 'message';
      if (hasMessageListener || type === 'change') queue.stopBufferingWithoutLoop();
    },
  };
}
