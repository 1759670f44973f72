import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { EndReason, ResetCause } from '../../channels/sink.js';
import type { ClosingSockets } from '../../http/closing-sockets.js';
import { retryDelay } from '../retry.js';
import { sseEvents } from '../../messages/sse-events.js';
import { Connection } from '../connection.js';

/** The id of the `end` event: an EventSource comes back with it, and is told to stop. */
export const END_ID = 'end';

/** The head of every stream. */
export const SSE_HEADERS = {
  'Content-Type': 'text/event-stream',
  // A proxy that compresses would hold the events back.
  'Cache-Control': 'no-store, no-transform',
  // nginx would gather the events into blocks of 4 KiB.
  'X-Accel-Buffering': 'no',
  // The body ends with the connection instead of being sent in HTTP chunks: so the events that many clients share can
  // be written to their sockets as they are.
  Connection: 'close',
};

/** A client that reads a channel as Server-Sent Events. */
export class SseConnection extends Connection {
  readonly encoder = sseEvents;

  constructor(
    response: ServerResponse,
    socket: Socket,
    private readonly closing: ClosingSockets,
    bufferBytes: number,
  ) {
    super(socket, bufferBytes);
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, SSE_HEADERS);
    response.flushHeaders();
    // A plain socket from here on. Node keeps the request for as long as it lasts, so that one holds no headers any more,
    // and the response goes: 5 KiB a client, and more with all that a browser sends.
    response.detachSocket(this.socket);
    response.req.rawHeaders = [];
    response.req.headers = {};
    this.socket.write(`retry: ${retryDelay()}\n\n`);
    this.socket.setKeepAlive(true, 60_000);
  }

  /** The client is gone; called once. */
  onLeave(listener: () => void): void {
    this.socket.once('close', listener);
  }

  reset(cause: ResetCause): void {
    this.socket.write(`event: reset\ndata: {"reset":"${cause}"}\n\n`);
  }

  // Of an ended stream only. All other endings are for the client to come back from.
  close(ending: EndReason): void {
    if (this.open && (ending === 'finished' || ending === 'idle')) {
      this.socket.write(`event: end\nid: ${END_ID}\ndata: {"end":"${ending}"}\n\n`);
    }
    this.dismiss();
  }

  dismiss(): void {
    this.left();
    this.closing.end(this.socket);
  }

  terminate(): void {
    this.left();
    this.socket.destroy();
  }

  beat(): void {
    if (this.open && this.socket.writableLength === 0) this.socket.write(':\n\n');
  }

  protected get open(): boolean {
    return this.socket.writable;
  }
}
