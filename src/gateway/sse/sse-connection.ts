import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ResetCause } from '../../channels/sink.js';
import type { ClosingSockets } from '../../http/closing-sockets.js';
import { END_EVENT_ID } from '../../http/stream-request.js';
import { continuationJson } from '../../messages/continuation.js';
import type { Position } from '../../messages/position.js';
import { sseEvents } from '../../messages/sse-events.js';
import type { CloseCode } from '../close-codes.js';
import type { ConnectionKind } from '../connection-counters.js';
import { Connection } from '../connection.js';
import { retryDelay } from '../refusals.js';

/** The code of a stream that is over: the client must not reconnect. */
const NORMAL = 1000;

/** The headers of every stream. */
export const SSE_HEADERS = {
  'Content-Type': 'text/event-stream',
  // A proxy that compresses the response would delay the events.
  'Cache-Control': 'no-store, no-transform',
  // nginx would collect the events in blocks of 4 KiB.
  'X-Accel-Buffering': 'no',
  // The end of the connection ends the body. Without HTTP chunks, the events that many clients share are written to
  // their sockets unchanged.
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
    // From here on the connection is a plain socket. The response is released. Node keeps the request until the socket
    // closes, so the headers of the request are removed. This saves 5 KiB per client, and more for the headers of a
    // browser.
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

  continues(from: Position, epoch: string): void {
    this.socket.write(`event: continue\ndata: ${continuationJson(from, epoch)}\n\n`);
  }

  beat(): void {
    if (this.writable && this.socket.writableLength === 0) this.socket.write(':\n\n');
  }

  protected get writable(): boolean {
    return this.socket.writable;
  }

  // The `end` event tells the client not to reconnect. After any other close, the client should reconnect.
  protected sendClose({ code, reason }: CloseCode): void {
    if (this.writable && code === NORMAL)
      this.socket.write(`event: end\nid: ${END_EVENT_ID}\ndata: {"end":"${reason}"}\n\n`);
    this.closing.end(this.socket);
  }

  protected destroy(): void {
    this.socket.destroy();
  }
}
