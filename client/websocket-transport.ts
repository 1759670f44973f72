import { classifyClose, type ConnectionOutcome } from './end.js';
import { parseItems } from './item.js';
import type { Transport, TransportListener, TransportRequest } from './transport.js';

/** The part of a WebSocket that the stream uses. The WebSockets of browsers, of Node and of `ws` have this part. */
export interface WebSocketLike {
  /** The sub-protocol that the server chose. */
  readonly protocol?: string;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void;
  close(code?: number): void;
}

/** The class of a `WebSocketLike`. */
export type WebSocketClass = new (url: string, protocols?: string[]) => WebSocketLike;

/** The sub-protocol with many items per frame and with heartbeats. */
const BATCHES = 'recodex.v2';
/** The server chooses the first sub-protocol that it supports. */
const OFFERED = [BATCHES, 'recodex.v1'];
/** An offer that fails so often directly before a connection without one opens is not made again. Once may be chance. */
const REFUSALS = 2;
/** The close code of a connection that failed or broke. */
const ABNORMAL_CLOSURE = 1006;

/**
 * The stream over a WebSocket. A browser fails the connection if the server, or a proxy, accepts none of the offered
 * sub-protocols. So the client tries a first connection that fails once more, without an offer.
 */
export function webSocketTransport(Socket: WebSocketClass): Transport {
  // Offers that failed directly before a connection without one opened. After an accepted offer, it can't grow.
  let refusals = 0;
  return async (request, listener) => {
    if (refusals < REFUSALS) {
      const offered = request.token ? [...OFFERED, `token.${request.token}`] : OFFERED;
      const outcome = await connect(Socket, offered, request, listener);
      if (outcome !== 'unreachable') refusals = Number.NEGATIVE_INFINITY;
      if (refusals < 0 || request.signal.aborted) return outcome;
    }
    const outcome = await connect(Socket, [], request, listener);
    refusals = outcome === 'unreachable' ? 0 : refusals + 1;
    return outcome;
  };
}

/** Resolves when the connection is over. `unreachable`: it did not open. */
function connect(
  Socket: WebSocketClass,
  protocols: string[],
  { url, signal }: TransportRequest,
  listener: TransportListener,
): Promise<ConnectionOutcome> {
  return new Promise((resolve) => {
    const socket = new Socket(url.href.replace(/^http/, 'ws'), protocols);
    let opened = false;
    let over = false;
    signal.addEventListener('abort', () => {
      over = true;
      socket.close(1000);
    });
    socket.addEventListener('open', () => {
      opened = true;
      listener.onOpen(socket.protocol === BATCHES);
    });
    socket.addEventListener('message', (event) => {
      if (over) return;
      try {
        // Binary data fails here as well, because it is not JSON.
        const items = parseItems((event as { data: string }).data);
        listener.onActivity(items.length === 0);
        for (const item of items) if (item) listener.onItem(item);
      } catch {
        over = true;
        resolve('invalid');
      }
    });
    socket.addEventListener('close', (event) => {
      const { code, reason } = event as { code: number; reason: string };
      // A browser closes with 1006 as well when it can't connect.
      const failed = !opened && code === ABNORMAL_CLOSURE;
      resolve(failed ? 'unreachable' : classifyClose(code, reason));
    });
    // The close event follows. Without an error listener `ws` would throw.
    socket.addEventListener('error', () => {});
  });
}
