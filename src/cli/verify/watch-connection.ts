import type { ClientToken } from '../token-option.js';
import type { WatchedItem } from './watched-item.js';

/** A channel of a monitor. */
export interface WatchTarget {
  /** The monitor's public URL, with the path prefix of a proxy. */
  readonly base: string;
  readonly channel: string;
  readonly token?: ClientToken | undefined;
}

/** Receives what happens on a connection. */
export interface WatchListener {
  /** The stream is open. */
  onOpen(): void;
  onItem(item: WatchedItem): void;
  /** Bytes arrived: an item or a heartbeat. */
  onActivity(): void;
}

/** How a connection ended. */
export interface ConnectionClose {
  /** The server has ended the stream for good. Otherwise the watcher connects again. */
  readonly isFinal: boolean;
  /** `finished`, or what happened, for a person. */
  readonly reason: string;
}

/**
 * Keeps one connection until it ends or the signal is aborted. Never rejects.
 *
 * @param after the position of the last message received
 */
export type WatchConnection = (
  after: string | undefined,
  listener: WatchListener,
  signal: AbortSignal,
) => Promise<ConnectionClose>;
