import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { handshake } from '../fixtures/raw-http.js';
import { decodeFrames, encodeFrame, OPCODES, type ServerFrame } from '../fixtures/websocket-frames.js';

const HEAD_END = '\r\n\r\n';

/** Milliseconds after which a server that does not answer fails the test. */
const TIMEOUT = 10_000;

/** A WebSocket whose client sends any bytes, keeps every frame of the server, and answers a close frame. */
export class RawWebSocket {
  readonly frames: ServerFrame[] = [];
  private input: Buffer = Buffer.alloc(0);
  private readonly ended: Promise<unknown>;

  private constructor(private readonly socket: Socket) {
    socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`No byte of the server within ${TIMEOUT} ms`)));
    this.ended = once(socket, 'close');
    this.ended.catch(() => {});
  }

  /** Opens a WebSocket. Resolves after the head of the answer. */
  static async open(port: number, path: string): Promise<RawWebSocket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const webSocket = new RawWebSocket(socket);
    socket.write(handshake(path));
    let head = Buffer.alloc(0);
    while (!head.includes(HEAD_END)) {
      const [data] = (await once(socket, 'data')) as [Buffer];
      head = Buffer.concat([head, data]);
    }
    if (!head.toString('latin1').startsWith('HTTP/1.1 101 '))
      throw new Error(`Expected 101, got ${head.toString('latin1').split('\r\n', 1)[0]}`);
    webSocket.take(head.subarray(head.indexOf(HEAD_END) + HEAD_END.length));
    socket.on('data', (data) => webSocket.take(data));
    return webSocket;
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Sends each byte in a packet for itself. */
  async sendByteByByte(...frames: readonly Buffer[]): Promise<void> {
    for (const byte of Buffer.concat(frames)) {
      if (!this.socket.writable) return;
      this.socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  }

  /** Resolves with the first `count` frames. Rejects when the server closes the connection before. */
  async received(count: number): Promise<ServerFrame[]> {
    const ended = this.ended.then(() => {
      throw new Error(`Expected ${count} frames, got ${this.frames.length} before the end`);
    });
    ended.catch(() => {});
    while (this.frames.length < count) await Promise.race([once(this.socket, 'data'), ended]);
    return this.frames.slice(0, count);
  }

  /** Resolves when the server has closed the connection, with the close code; `undefined` without a close frame. */
  async closed(): Promise<number | undefined> {
    await this.ended;
    const close = this.frames.find(({ opcode }) => opcode === OPCODES.close);
    if (!close) return undefined;
    return close.payload.length >= 2 ? close.payload.readUInt16BE(0) : 1005;
  }

  /** The texts of the messages. */
  get texts(): string[] {
    return this.payloads(OPCODES.text);
  }

  /** The payloads of the pongs, as Latin-1. */
  get pongs(): string[] {
    return this.payloads(OPCODES.pong, 'latin1');
  }

  destroy(): void {
    this.socket.destroy();
  }

  private payloads(opcode: number, encoding: BufferEncoding = 'utf8'): string[] {
    return this.frames.flatMap((frame) => (frame.opcode === opcode ? frame.payload.toString(encoding) : []));
  }

  private take(data: Buffer): void {
    const { frames, rest } = decodeFrames(Buffer.concat([this.input, data]));
    this.frames.push(...frames);
    this.input = rest;
    // Without this answer, the server waits for it until its deadline.
    const close = frames.find(({ opcode }) => opcode === OPCODES.close);
    if (close && this.socket.writable) this.socket.write(encodeFrame(OPCODES.close, close.payload));
  }
}
