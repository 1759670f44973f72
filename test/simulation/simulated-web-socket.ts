import type { Writable } from 'node:stream';
import * as ws from 'ws';
import { clientFrame } from './client-frame.js';
import type { ClientEnd, Link } from './link.js';
import type { ClientNetwork } from './client-network.js';
import type { Piece } from './pipe.js';
import type { StreamCheck } from './stream-check.js';
import { NO_STAMP } from './truth.js';
import { ResponseHeadReader, type ResponseHead } from './response-head.js';

/** The sub-protocol with heartbeats that a page can see. */
const BATCHES = 'recodex.v2';

const TEXT = 1;
const CLOSE = 8;
const PONG = 10;
const ABNORMAL_CLOSURE = 1006;

// The types of `ws` lack its parser of frames.
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: { isServer: boolean }) => Writable;
};

/** A WebSocket as in a browser, on a simulated link. `ws` reads the frames, and so checks that they are valid. */
export class SimulatedWebSocket extends EventTarget implements ClientEnd {
  protocol = '';
  /** The stamp of the close frame; before it, of the last piece. */
  stamp = NO_STAMP;
  private readonly head = new ResponseHeadReader();
  private readonly receiver = new Receiver({ isServer: false });
  private readonly check: StreamCheck | undefined;
  private link: Link | undefined;
  private open = false;
  private closing = false;
  private closed = false;
  private code = ABNORMAL_CLOSURE;
  private reason = '';

  constructor(
    private readonly network: ClientNetwork,
    url: string,
    private readonly protocols: readonly string[] = [],
  ) {
    super();
    this.receiver.on('message', (data: Buffer) => this.receive(data.toString()));
    this.receiver.on('ping', (data: Buffer) => this.send(data, PONG));
    this.receiver.on('conclude', (code: number, reason: Buffer) => this.conclude(code, reason.toString()));
    this.receiver.on('error', (error: Error) => network.reportInvalid(`invalid frames: ${error.message}`));
    this.check = network.connect({ url, webSocket: true, protocols }, this, (link) => (this.link = link));
  }

  send(data: Buffer, opcode = TEXT): void {
    this.link?.sendToServer(clientFrame(opcode, data));
  }

  close(code = 1000): void {
    if (this.closing || this.closed) return;
    if (!this.open) return this.finish(true);
    this.closing = true;
    this.sendClose(code);
  }

  /** Sends bytes that need not be frames. */
  sendRaw(bytes: Buffer): void {
    this.link?.sendToServer(bytes);
  }

  arrive({ kind, bytes, stamp }: Piece): void {
    if (this.closed) return;
    if (this.code === ABNORMAL_CLOSURE) this.stamp = stamp;
    if (kind !== 'bytes') return this.finish(kind === 'end');
    if (this.open) return void this.receiver.write(bytes);
    const head = this.head.push(bytes);
    if (head) this.answered(head);
  }

  private receive(data: string): void {
    this.check?.frame(data, this.stamp, !this.closing);
    this.emit(new MessageEvent('message', { data }));
  }

  private answered({ status, header, rest }: ResponseHead): void {
    this.protocol = header('Sec-WebSocket-Protocol') ?? '';
    // A browser fails the connection if it offers sub-protocols and the server accepts none.
    const accepted = this.protocols.length === 0 || this.protocols.includes(this.protocol);
    if (status !== 101 || !accepted) return this.finish(true);
    this.open = true;
    this.link!.hasHeartbeats = this.protocol === BATCHES;
    this.emit(new Event('open'));
    if (rest.length > 0) this.receiver.write(rest);
  }

  private conclude(code: number, reason: string): void {
    this.code = code;
    this.reason = reason;
    if (!this.closing) this.check?.closed(code, reason, this.stamp);
    if (!this.closing) this.sendClose(code);
    this.closing = true;
  }

  private sendClose(code: number): void {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code === 1005 ? 1000 : code);
    this.send(payload, CLOSE);
  }

  private finish(leave: boolean): void {
    this.closed = true;
    if (leave) this.link?.leave();
    this.network.later(() => {
      if (this.code === ABNORMAL_CLOSURE) this.emit(new Event('error'));
      this.emit(Object.assign(new Event('close'), { code: this.code, reason: this.reason }));
    });
  }

  private emit(event: Event): void {
    this.dispatchEvent(event);
  }
}
