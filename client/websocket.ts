import { outcomeOfClose, type Outcome } from './end.js';
import { parseItems } from './item.js';
import type { Receiver, Request, Transport } from './transport.js';

/** What the stream uses of a WebSocket; a browser's, Node's and that of `ws` all have it. */
export interface WebSocketLike {
  /** The sub-protocol that the server chose. */
  readonly protocol?: string;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void;
  close(code?: number): void;
}

/** The class of such WebSockets. */
export type WebSocketClass = new (url: string, protocols?: string[]) => WebSocketLike;

/** Many items in one frame, and heartbeats. */
const BATCHES = 'recodex.v2';
/** The server takes the first one that it knows. */
const OFFER = [BATCHES, 'recodex.v1'];
/** The close code that stands for a connection that failed or broke. */
const FAILED = 1006;

/**
 * The stream over a WebSocket. A browser fails a connection when the server, or a proxy before it, takes up none of the
 * offered sub-protocols. So a first connection that fails is tried once more without an offer.
 */
export function websocket(Socket: WebSocketClass): Transport {
  let taken = false;
  let plain = false;
  return async (request, receiver) => {
    if (!plain) {
      const { opened, code, outcome } = await connect(Socket, OFFER, request, receiver);
      taken ||= opened;
      if (taken || code !== FAILED || request.signal.aborted) return outcome;
    }
    const { opened, outcome } = await connect(Socket, [], request, receiver);
    plain = opened;
    return outcome;
  };
}

interface Closed {
  readonly opened: boolean;
  readonly code: number;
  readonly outcome: Outcome;
}

function connect(
  Socket: WebSocketClass,
  protocols: string[],
  { url, signal }: Request,
  receiver: Receiver,
): Promise<Closed> {
  return new Promise((resolve) => {
    const socket = new Socket(url.href.replace(/^http/, 'ws'), protocols);
    let opened = false;
    let over = false;
    const finish = (code: number, outcome: Outcome): void => {
      over = true;
      resolve({ opened, code, outcome });
    };
    signal.addEventListener('abort', () => {
      over = true;
      socket.close(1000);
    });
    socket.addEventListener('open', () => {
      opened = true;
      receiver.open(socket.protocol === BATCHES);
    });
    socket.addEventListener('message', (event) => {
      if (over) return;
      try {
        // Binary data is no JSON either, whatever class it has.
        const items = parseItems((event as { data: string }).data);
        receiver.heard(items.length === 0);
        for (const item of items) if (item) receiver.take(item);
      } catch {
        finish(FAILED, 'lost');
      }
    });
    socket.addEventListener('close', (event) => {
      const { code, reason } = event as { code: number; reason: string };
      finish(code, outcomeOfClose(code, reason));
    });
    // Says nothing that the close event doesn't, but `ws` throws an error that nobody listens to.
    socket.addEventListener('error', () => {});
  });
}
