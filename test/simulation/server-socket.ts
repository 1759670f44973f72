import { Duplex } from 'node:stream';
import type { Piece } from './pipe.js';
import type { Stamp } from './truth.js';

/** The link of a `ServerSocket`. */
interface SocketLink {
  readonly hasRoom: boolean;
  readonly stamp: Stamp;
  sendToClient(bytes: Buffer, stamp: Stamp): void;
  finishToClient(kind: 'end' | 'reset'): void;
}

/** The monitor's side of a link, with the methods of `net.Socket` that the monitor uses. */
export class ServerSocket extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  private continueWriting: (() => void) | undefined;
  /** The stamps of the writes that the link has not got yet. */
  private readonly stamps: Stamp[] = [];

  constructor(
    private readonly link: SocketLink,
    writableHighWaterMark: number,
  ) {
    super({ writableHighWaterMark, decodeStrings: true });
  }

  /** Bytes, the end or the loss of the connection have arrived. */
  arrive({ kind, bytes }: Piece): void {
    if (this.destroyed) return;
    if (kind === 'bytes') this.push(bytes);
    else if (kind === 'end') this.push(null);
    else this.destroy();
  }

  /** A write waits until the client takes bytes. */
  get isWaiting(): boolean {
    return this.continueWriting !== undefined;
  }

  /** The client has taken bytes. */
  makeRoom(): void {
    const next = this.continueWriting;
    this.continueWriting = undefined;
    next?.();
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  override write(...given: unknown[]): boolean {
    if (this.writable) this.stamps.push(this.link.stamp);
    return super.write(...(given as Parameters<Duplex['write']>));
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.link.sendToClient(bytes, this.stamps.shift()!);
    if (this.link.hasRoom) done();
    else this.continueWriting = done;
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks.slice(0, -1)) this.link.sendToClient(chunk, this.stamps.shift()!);
    this._write(chunks.at(-1)!.chunk, '', done);
  }

  override _final(done: () => void): void {
    this.link.finishToClient('end');
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.writableFinished || !this.readableEnded) this.link.finishToClient('reset');
    done(error);
  }
}
