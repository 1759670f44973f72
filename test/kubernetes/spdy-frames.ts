import { constants, createDeflate, createInflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.js';

/** The types of the control frames that `kubectl port-forward` uses. */
export const SPDY_TYPE = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const;

/** The flag of the last frame of a side. */
export const SPDY_FIN = 1;

/** A frame of SPDY/3.1: a control frame with its type, or the data of a stream. */
export interface SpdyFrame {
  readonly type?: number;
  readonly stream?: number;
  readonly flags: number;
  readonly payload: Buffer;
}

const VERSION = 3;
const HEADER_BYTES = 8;

/** Splits bytes into frames. Returns the bytes of an incomplete frame as the rest. */
export function splitSpdyFrames(bytes: Buffer): { frames: SpdyFrame[]; rest: Buffer } {
  const frames: SpdyFrame[] = [];
  let rest = bytes;
  while (rest.length >= HEADER_BYTES) {
    const end = HEADER_BYTES + rest.readUIntBE(5, 3);
    if (rest.length < end) break;
    const first = rest.readUInt32BE(0);
    const isControl = first >>> 31 === 1;
    frames.push({
      ...(isControl ? { type: first & 0xff_ff } : { stream: first }),
      flags: rest[4]!,
      payload: rest.subarray(HEADER_BYTES, end),
    });
    rest = rest.subarray(end);
  }
  return { frames, rest };
}

export function spdyControlFrame(type: number, payload: Buffer): Buffer {
  return spdyFrame(((1 << 31) | (VERSION << 16) | type) >>> 0, 0, payload);
}

export function spdyDataFrame(stream: number, payload: Buffer, flags = 0): Buffer {
  return spdyFrame(stream, flags, payload);
}

/** The compressed header blocks of a connection. All blocks of a direction share their state, so their order matters. */
export class SpdyHeaders {
  private readonly inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  private readonly deflate = createDeflate({ dictionary: SPDY_DICTIONARY });

  async read(block: Buffer): Promise<ReadonlyMap<string, string>> {
    await new Promise<void>((done, failed) =>
      this.inflate.write(block, (error) => (error ? failed(error) : done())),
    );
    return pairsOf(this.inflate.read() as Buffer);
  }

  /** A block without headers. */
  async writeEmpty(): Promise<Buffer> {
    this.deflate.write(Buffer.alloc(4));
    await new Promise<void>((done) => this.deflate.flush(constants.Z_SYNC_FLUSH, done));
    return this.deflate.read() as Buffer;
  }

  close(): void {
    this.inflate.destroy();
    this.deflate.destroy();
  }
}

function spdyFrame(first: number, flags: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(first, 0);
  header[4] = flags;
  header.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([header, payload]);
}

function pairsOf(block: Buffer): Map<string, string> {
  const pairs = new Map<string, string>();
  let offset = 4;
  const text = (): string => {
    const length = block.readUInt32BE(offset);
    const value = block.toString('utf8', offset + 4, offset + 4 + length);
    offset += 4 + length;
    return value;
  };
  for (let count = block.readUInt32BE(0); count > 0; count--) pairs.set(text(), text());
  return pairs;
}
