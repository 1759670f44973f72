import type { TokenOption } from './authorizer.js';
import type { Summary } from './summary.js';
import type { WebSocketClass } from './websocket-transport.js';

/** Options of `watch`. All are optional. */
export interface WatchOptions {
  /** The id of the last message received earlier. The stream continues with the next message. */
  readonly after?: string;
  /** The summary up to `after`, from an earlier stream. Without it, the summary of a resumed stream is partial. */
  readonly summary?: Summary;
  /** Closes the stream when it is aborted. */
  readonly signal?: AbortSignal;
  /**
   * For a monitor that wants tokens: a JWT, or a function that returns one. The function is called before each connection.
   * The token never becomes a part of a URL. A monitor without access control ignores it.
   */
  readonly token?: TokenOption | undefined;
  /**
   * Lets all tabs of an origin that follow the same URL use one connection. A tab keeps its own connection where Web Locks
   * are missing: without HTTPS, and in the single file that the daemon serves.
   */
  readonly share?: boolean;
  /** Default `auto`: a WebSocket, and Server-Sent Events if the WebSocket can't be opened. */
  readonly transport?: 'auto' | 'websocket' | 'sse';
  /** Default: the global class. Node has it from version 22 on. */
  readonly WebSocket?: WebSocketClass;
  /** Default: the global function. */
  readonly fetch?: typeof fetch;
  /** For tests. Default: `Math.random`. The delay before a reconnect is its result times the longest delay. */
  readonly random?: () => number;
}
