import type { WebSocketClass } from './websocket.js';

/** How to watch a channel; nothing is needed. */
export interface WatchOptions {
  /** The id of the last message seen earlier: the stream goes on behind it. */
  readonly after?: string;
  /** Ends the stream as `close()` does. */
  readonly signal?: AbortSignal;
  /** Default `auto`: Server-Sent Events when a WebSocket can't be opened. */
  readonly transport?: 'auto' | 'websocket' | 'sse';
  /** Instead of the global one, which Node has from version 22 on. */
  readonly WebSocket?: WebSocketClass;
  /** Instead of the global one. */
  readonly fetch?: typeof fetch;
  /** Instead of `Math.random`, for tests: the share of the longest delay that is waited before a reconnect. */
  readonly random?: () => number;
}
