import { outcomeOfClose, type Outcome } from './end.js';
import { parseItem } from './item.js';
import type { Transport } from './transport.js';

/** What the stream uses of a WebSocket; a browser's, Node's and that of `ws` all have it. */
export interface WebSocketLike {
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: unknown) => void): void;
  close(code?: number): void;
}

/** The class of such WebSockets. */
export type WebSocketClass = new (url: string, protocols?: string[]) => WebSocketLike;

/** The stream over a WebSocket. A token travels as a sub-protocol: a browser can't set a header. */
export function websocket(Socket: WebSocketClass): Transport {
  return ({ url, token, patience, signal }, receiver) =>
    new Promise<Outcome>((resolve) => {
      const socket = new Socket(
        url.href.replace(/^http/, 'ws'),
        token === undefined ? [] : ['recodex.v1', `token.${token}`],
      );
      let over = false;
      const finish = (outcome: Outcome): void => {
        over = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', drop);
        resolve(outcome);
        socket.close(1000);
      };
      const drop = (): void => finish('lost');
      const timer = setTimeout(drop, patience);
      signal.addEventListener('abort', drop);
      socket.addEventListener('open', () => {
        if (over) return;
        clearTimeout(timer);
        receiver.open();
      });
      socket.addEventListener('message', (event) => {
        if (over) return;
        try {
          // Binary data is no JSON either, whatever class it has.
          const item = parseItem((event as { data: string }).data);
          if (item) receiver.take(item);
        } catch {
          drop();
        }
      });
      socket.addEventListener('close', (event) => {
        const { code, reason } = event as { code: number; reason: string };
        if (!over) finish(outcomeOfClose(code, reason));
      });
      // Says nothing that the close event doesn't, but `ws` throws an error that nobody listens to.
      socket.addEventListener('error', () => {});
    });
}
