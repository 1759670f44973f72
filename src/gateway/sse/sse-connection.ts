import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ResetCause } from '../../channels/sink.js';
import type { ClosingSockets } from '../../http/closing-sockets.js';
import { END_EVENT_ID } from '../../http/stream-request.js';
import { sseEvents } from '../../messages/sse-events.js';
import type { CloseCode } from '../close-codes.js';
import type { ConnectionKind } from '../connection-counters.js';
import { Connection } from '../connection.js';
import { retryDelay } from '../refusals.js';

/** The code of a stream that is over: the client must not come back. */
const NORMAL = 1000;

/** The head of every stream. */
export const SSE_HEADERS = {
  'Content-Type': 'text/event-stream',
  // A proxy that compresses would hold the events back.
  'Cache-Control': 'no-store, no-transform',
  // nginx would gather the events into blocks of 4 KiB.
  'X-Accel-Buffering': 'no',
  // The body ends with the connection and is not sent in HTTP chunks, so that the events that many clients share are
  // written to their sockets unchanged.
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
    // From here on the connection is a plain socket. Node keeps the request as long as the socket lives, so the request
    // drops its headers, and the response goes: saves 5 KiB a client, and more for the headers of a browser.
    response.detachSocket(this.socket);
    response.req.rawHeaders = [];
    response.req.headers = {};
    this.socket.write(`retry: ${retryDelay()}\n\n`);
    this.socket.setKeepAlive(true, 60_000);
    this.socket.once('close', () => this.handleClosed());
  }

  get kind(): ConnectionKind {
    return 'sse';
  }

  reset(cause: ResetCause): void {
    this.socket.write(`event: reset\ndata: {"reset":"${cause}"}\n\n`);
  }

  beat(): void {
    if (this.writable && this.socket.writableLength === 0) this.socket.write(':\n\n');
  }

  protected get writable(): boolean {
    return this.socket.writable;
  }

  // The `end` event tells the client not to reconnect. After any other close it should.
  protected sendClose({ code, reason }: CloseCode): void {
    if (this.writable && code === NORMAL)
      this.socket.write(`event: end\nid: ${END_EVENT_ID}\ndata: {"end":"${reason}"}\n\n`);
    this.closing.end(this.socket);
  }

  protected destroy(): void {
    this.socket.destroy();
  }
}
