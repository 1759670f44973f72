import { connect, type Socket } from 'node:net';
import { clientFrame, CLOSE, PING, PONG, TEXT } from './client-frame.js';
import { FrameScanner, type FrameSink } from './frame-scanner.js';
import { FINISHED_JSON, MESSAGE_BYTES, readSeq } from './message.js';
import type { TargetAddress } from './commands.js';

/** Receives the events of a client. */
export interface ClientObserver {
  /** The handshake is complete, and the first message of the legacy protocol is written. */
  subscribed(client: LoadClient): void;
  /** The next message in order; its JSON starts at `start`. */
  delivered(bytes: Buffer, start: number, seq: number): void;
  finished(client: LoadClient): void;
  /** The socket was closed before the handshake was complete. */
  refused(client: LoadClient): void;
  /** The socket was closed after the handshake; 1006 without a close frame. */
  closed(client: LoadClient, code: number): void;
  /** The server broke the protocol. */
  violated(client: LoadClient, what: string): void;
}

/** The read buffer of all clients. Each read is scanned before the next read starts. */
const READ_BUFFER = Buffer.allocUnsafe(256 * 1024);

/** Close code 1000, for a close frame without a code. */
const NORMAL_CLOSURE = Buffer.from([0x03, 0xe8]);

/**
 * A WebSocket client on a raw socket. It uses as little CPU time as Node allows, so that the load process is not the
 * limit.
 */
export class LoadClient implements FrameSink {
  /** FINISHED was received. No message may follow. */
  ended = false;
  private socket: Socket | undefined;
  private scanner = new FrameScanner(this);
  private head = '';
  private upgraded = false;
  private code = 1006;

  /** @param nextSeq sequence number of the next expected message */
  constructor(
    readonly channel: string,
    private readonly address: TargetAddress,
    private readonly observer: ClientObserver,
    private readonly stalled: boolean,
    private nextSeq = 0,
  ) {}

  connect(): void {
    this.scanner = new FrameScanner(this);
    this.head = '';
    this.upgraded = false;
    this.code = 1006;
    const socket = connect({
      port: this.address.clientPort,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.read(length) },
    });
    socket.on('connect', () => socket.write(this.request()));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.socket !== socket) return;
      if (this.upgraded) this.observer.closed(this, this.code);
      else this.observer.refused(this);
    });
    this.socket = socket;
  }

  /** Resets the connection: a reset leaves no port in TIME_WAIT. */
  disconnect(): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.resetAndDestroy();
  }

  frame(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === TEXT) this.message(bytes, start, end);
    else if (opcode === PING) this.socket?.write(clientFrame(PONG, bytes.subarray(start, end)));
    else if (opcode === CLOSE) {
      this.code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005;
      this.socket?.end(
        clientFrame(CLOSE, end - start >= 2 ? bytes.subarray(start, start + 2) : NORMAL_CLOSURE),
      );
    } else this.observer.violated(this, `sent opcode ${opcode}`);
  }

  private message(bytes: Buffer, start: number, end: number): void {
    if (this.ended) return this.observer.violated(this, 'sent a message after FINISHED');
    if (end - start === MESSAGE_BYTES) {
      const seq = readSeq(bytes, start);
      if (seq !== this.nextSeq)
        return this.observer.violated(this, `sent message ${seq} instead of ${this.nextSeq}`);
      this.nextSeq++;
      this.observer.delivered(bytes, start, seq);
    } else if (FINISHED_JSON.equals(bytes.subarray(start, end))) {
      this.ended = true;
      this.observer.finished(this);
    } else
      this.observer.violated(
        this,
        `sent something unknown: ${bytes.toString('latin1', start, end).slice(0, 80)}`,
      );
  }

  private read(length: number): boolean {
    if (this.upgraded) this.scanner.scan(READ_BUFFER, 0, length);
    else this.upgrade(length);
    return !(this.stalled && this.upgraded);
  }

  private upgrade(length: number): void {
    this.head += READ_BUFFER.toString('latin1', 0, length);
    const end = this.head.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    if (!this.head.startsWith('HTTP/1.1 101')) return void this.socket?.destroy();
    const rest = length - (this.head.length - end);
    this.head = '';
    this.upgraded = true;
    if (this.address.legacy) this.socket!.write(clientFrame(TEXT, Buffer.from(this.channel)));
    this.observer.subscribed(this);
    if (!this.stalled) this.scanner.scan(READ_BUFFER, rest, length);
  }

  private request(): string {
    return (
      `GET ${this.address.path.replace('{id}', this.channel)} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n` +
      'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
    );
  }
}
