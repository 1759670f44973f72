import { authorizer } from './authorizer.js';
import { createLiveness } from './liveness.js';
import type { WatchOptions } from './options.js';
import { ProgressStream } from './progress-stream.js';
import { sseTransport } from './sse-transport.js';

export type { End, LostReason } from './end.js';
export type {
  Command,
  Continuation,
  Item,
  Reset,
  ResetReason,
  StreamMessage as ProgressMessage,
  TaskState,
} from './item.js';
export type { WatchOptions } from './options.js';
export { ProgressStream } from './progress-stream.js';
export type { StreamEvents } from './stream-events.js';
export { EMPTY, reduce, type Summary } from './summary.js';
export { channelUrl } from './url.js';
export type { StreamState } from './transitions.js';
export type { WebSocketClass, WebSocketLike } from './websocket-transport.js';

/** This module contains all parts. */
const PARTS = { sseTransport, authorizer, createLiveness };

/** Opens the progress stream of a channel. @param url the http(s) or ws(s) URL of `/channels/<id>` */
export function watch(url: string | URL, options?: WatchOptions): ProgressStream {
  return new ProgressStream(url, options, () => Promise.resolve(PARTS));
}
