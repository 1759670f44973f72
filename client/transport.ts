import type { Outcome } from './end.js';
import type { Item } from './item.js';

/** What a transport is to fetch. */
export interface Request {
  /** Of the stream, `?after=` included, with either scheme. */
  readonly url: URL;
  readonly token: string | undefined;
  /** Milliseconds until the stream must be open. */
  readonly patience: number;
  /** The same URL has been live before. */
  readonly known: boolean;
  /** Gives the connection up; it is then `lost`. */
  readonly signal: AbortSignal;
}

/** Whom a transport tells. */
export interface Receiver {
  /** The stream is open. */
  open(): void;
  /** Throws when the item can't stand here: the connection is then as good as broken. */
  take(item: Item): void;
}

/** Keeps one connection until its end; it leaves no timer and no listener behind. A rejection counts as `lost`. */
export type Transport = (request: Request, receiver: Receiver) => Promise<Outcome>;
