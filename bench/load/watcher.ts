import { connect, type Socket } from 'node:net';
import { clientFrame, CLOSE, PING, PONG, TEXT } from './client-frame.js';
import { FrameScanner, type FrameSink } from './frame-scanner.js';
import { FINISHED_JSON, MESSAGE_BYTES, readSeq } from './message.js';
import type { Wire } from './order.js';

/** What a watcher tells its group. */
export interface Observer {
  /** Subscribed, as far as a client can know. */
  subscribed(watcher: Watcher): void;
  /** A message, the next in order; its JSON starts at `start`. */
  delivered(bytes: Buffer, start: number, seq: number): void;
  finished(watcher: Watcher): void;
  /** Turned away before it was subscribed. */
  refused(watcher: Watcher): void;
  /** Closed afterwards; 1006 without a close frame. */
  closed(watcher: Watcher, code: number): void;
  violated(watcher: Watcher, what: string): void;
}

// One for all: a read is over before the next one begins.
const READ = Buffer.allocUnsafe(256 * 1024);

const GOING_AWAY = Buffer.from([0x03, 0xe8]);

/** A WebSocket client on a raw socket, as cheap as Node allows: the measuring side must not be the limit. */
export class Watcher implements FrameSink {
  /** FINISHED was seen: nothing may follow. */
  ended = false;
  private socket: Socket | undefined;
  private scanner = new FrameScanner(this);
  private head = '';
  private upgraded = false;
  private code = 1006;

  /** @param next the sequence number expected next */
  constructor(
    readonly channel: string,
    private readonly wire: Wire,
    private readonly observer: Observer,
    private readonly stalled: boolean,
    private next = 0,
  ) {}

  /** Connects, or connects anew. */
  connect(): void {
    this.scanner = new FrameScanner(this);
    this.head = '';
    this.upgraded = false;
    this.code = 1006;
    const socket = connect({
      port: this.wire.watchPort,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: READ, callback: (length) => this.read(length) },
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

  /** Is gone at once, by a reset, which leaves no port in TIME_WAIT. */
  leave(): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.resetAndDestroy();
  }

  frame(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === TEXT) this.message(bytes, start, end);
    else if (opcode === PING) this.socket?.write(clientFrame(PONG, bytes.subarray(start, end)));
    else if (opcode === CLOSE) {
      this.code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005;
      this.socket?.end(clientFrame(CLOSE, end - start >= 2 ? bytes.subarray(start, start + 2) : GOING_AWAY));
    } else this.observer.violated(this, `sent opcode ${opcode}`);
  }

  private message(bytes: Buffer, start: number, end: number): void {
    if (this.ended) return this.observer.violated(this, 'sent a message after FINISHED');
    if (end - start === MESSAGE_BYTES) {
      const seq = readSeq(bytes, start);
      if (seq !== this.next)
        return this.observer.violated(this, `sent message ${seq} instead of ${this.next}`);
      this.next++;
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
    if (this.upgraded) this.scanner.scan(READ, 0, length);
    else this.upgrade(length);
    return !(this.stalled && this.upgraded);
  }

  private upgrade(length: number): void {
    this.head += READ.toString('latin1', 0, length);
    const end = this.head.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    if (!this.head.startsWith('HTTP/1.1 101')) return void this.socket?.destroy();
    const rest = length - (this.head.length - end);
    this.head = '';
    this.upgraded = true;
    if (this.wire.legacy) this.socket!.write(clientFrame(TEXT, Buffer.from(this.channel)));
    this.observer.subscribed(this);
    if (!this.stalled) this.scanner.scan(READ, rest, length);
  }

  private request(): string {
    return (
      `GET ${this.wire.path.replace('{id}', this.channel)} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n` +
      'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
    );
  }
}
