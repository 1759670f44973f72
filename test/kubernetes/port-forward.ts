import { connect, type Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  SPDY_FIN,
  SPDY_TYPE,
  spdyControlFrame,
  spdyDataFrame,
  SpdyHeaders,
  splitSpdyFrames,
  type SpdyFrame,
} from './spdy-frames.js';

const PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** Accepts a connection of `kubectl port-forward`: SPDY in WebSocket messages. @param portOf the port of this machine for a port of the Pod */
export function acceptPortForward(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  portOf: (podPort: number) => number,
): void {
  if (request.headers['sec-websocket-protocol'] !== PROTOCOL) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return;
  }
  // The name is no token of HTTP, so ws would refuse it.
  delete request.headers['sec-websocket-protocol'];
  const server = new WebSocketServer({ noServer: true });
  server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${PROTOCOL}`));
  server.handleUpgrade(request, socket, head, (webSocket) => {
    new PortForward(webSocket, portOf);
  });
}

/** The streams of one connection. A forwarded connection has two: its data, and its errors. */
class PortForward {
  private readonly headers = new SpdyHeaders();
  private readonly sockets = new Map<number, Socket>();
  /** The streams of errors by request. */
  private readonly errorStreams = new Map<string, number>();
  private received = Buffer.alloc(0);
  private done: Promise<void> = Promise.resolve();

  constructor(
    private readonly webSocket: WebSocket,
    private readonly portOf: (podPort: number) => number,
  ) {
    webSocket.on('message', (data: RawData) => {
      // Frames change the state of the decompression, so each one waits for the one before.
      this.done = this.done.then(() => this.receive(data as Buffer)).catch(() => webSocket.terminate());
    });
    webSocket.on('close', () => this.close());
    webSocket.on('error', () => this.close());
  }

  private async receive(data: Buffer): Promise<void> {
    const { frames, rest } = splitSpdyFrames(Buffer.concat([this.received, data]));
    this.received = Buffer.from(rest);
    for (const frame of frames) await this.handle(frame);
  }

  private async handle({ type, stream, flags, payload }: SpdyFrame): Promise<void> {
    if (stream !== undefined) {
      const socket = this.sockets.get(stream);
      if (payload.length > 0) socket?.write(payload);
      if (flags & SPDY_FIN) socket?.end();
    } else if (type === SPDY_TYPE.synStream) await this.open(payload);
    else if (type === SPDY_TYPE.rstStream) this.sockets.get(payload.readUInt32BE(0))?.destroy();
    else if (type === SPDY_TYPE.ping) this.send(spdyControlFrame(SPDY_TYPE.ping, payload));
    else if (type === SPDY_TYPE.goAway) this.webSocket.close();
  }

  private async open(payload: Buffer): Promise<void> {
    const stream = payload.readUInt32BE(0);
    const headers = await this.headers.read(payload.subarray(10));
    const id = Buffer.alloc(4);
    id.writeUInt32BE(stream);
    const reply = Buffer.concat([id, await this.headers.writeEmpty()]);
    this.send(spdyControlFrame(SPDY_TYPE.synReply, reply));
    const request = headers.get('requestid')!;
    if (headers.get('streamtype') === 'error') this.errorStreams.set(request, stream);
    else this.forward(stream, this.errorStreams.get(request)!, Number(headers.get('port')));
  }

  private forward(stream: number, errorStream: number, podPort: number): void {
    const socket = connect(this.portOf(podPort), '127.0.0.1');
    let problem = '';
    this.sockets.set(stream, socket);
    socket.on('data', (data) => this.send(spdyDataFrame(stream, data)));
    socket.on('error', (error) => (problem = `port ${podPort} of the Pod: ${error.message}`));
    socket.on('close', () => {
      this.sockets.delete(stream);
      this.send(spdyDataFrame(stream, Buffer.alloc(0), SPDY_FIN));
      this.send(spdyDataFrame(errorStream, Buffer.from(problem), SPDY_FIN));
    });
  }

  private send(frame: Buffer): void {
    if (this.webSocket.readyState === this.webSocket.OPEN) this.webSocket.send(frame);
  }

  private close(): void {
    for (const socket of this.sockets.values()) socket.destroy();
    this.headers.close();
  }
}
