import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opens a WebSocket on a path and never answers a frame, not even a close; it comes back like a broken program would. */
export class MuteClient {
  private socket: Socket | undefined;

  constructor(
    private readonly port: number,
    private readonly path: string,
  ) {}

  async connect(): Promise<Socket> {
    const socket = (this.socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true }));
    socket.on('error', () => {});
    socket.write(
      `GET ${this.path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.resume();
    return socket;
  }

  close(): void {
    this.socket?.destroy();
  }
}
