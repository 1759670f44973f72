import type { Outcome } from './end.js';
import type { Item } from './item.js';

/** What a transport is to fetch. */
export interface Request {
  /** Of the stream, `?after=` included, with either scheme. */
  readonly url: URL;
  /** The same URL has been live before. */
  readonly known: boolean;
  /** Gives the connection up: nobody waits for the transport any longer, and nothing that it tells counts. */
  readonly signal: AbortSignal;
}

/** Whom a transport tells. */
export interface Receiver {
  /** The stream is open. @param audible the server sends heartbeats on it */
  open(audible: boolean): void;
  /** Something came. @param beat nothing but a heartbeat */
  heard(beat: boolean): void;
  /** Throws when the item can't stand here: the connection is then as good as broken. */
  take(item: Item): void;
}

/** Keeps one connection until its end or the signal. A rejection counts as `lost`. */
export type Transport = (request: Request, receiver: Receiver) => Promise<Outcome>;
