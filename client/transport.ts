import type { ConnectionOutcome } from './end.js';
import type { Item } from './item.js';

/** The target of a connection. */
export interface TransportRequest {
  /** The URL of the stream, with `?after=`. The scheme is http(s) or ws(s). */
  readonly url: URL;
  /** The same URL has delivered a stream before. */
  readonly openedBefore: boolean;
  /** A JWT. */
  readonly token?: string | undefined;
  /** Aborted when the connection is no longer needed. Calls of the listener are ignored afterwards. */
  readonly signal: AbortSignal;
}

/** Receives the events of a connection. */
export interface TransportListener {
  /** The stream is open. @param hasHeartbeats the server sends heartbeats on this connection */
  onOpen(hasHeartbeats: boolean): void;
  /** A message or heartbeat has arrived. @param heartbeatOnly only a heartbeat has arrived */
  onActivity(heartbeatOnly: boolean): void;
  /** Throws if the item can't follow the items before it. The transport then treats the connection as broken. */
  onItem(item: Item): void;
}

/**
 * Keeps one connection of a stream until it ends or the signal is aborted. Never rejects.
 * @param position the id of the last message received; the server continues with the next message
 */
export type ConnectionSource = (
  position: () => string | undefined,
  listener: TransportListener,
  signal: AbortSignal,
) => Promise<ConnectionOutcome>;

/** Keeps one connection until it ends or the signal is aborted. A rejection is a loss. */
export type Transport = (
  request: TransportRequest,
  listener: TransportListener,
) => Promise<ConnectionOutcome>;
