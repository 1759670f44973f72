export interface FrameSink {
  /** A complete frame. Its payload lies between `start` and `end`, and is valid until this returns. */
  frame(opcode: number, bytes: Buffer, start: number, end: number): void;
}

/** Finds a server's unmasked frames (RFC 6455, section 5.2) in the bytes that a socket reads. Copies only partial frames. */
export class FrameScanner {
  private partial: Buffer | undefined;
  private length = 0;

  constructor(private readonly sink: FrameSink) {}

  scan(bytes: Buffer, start: number, end: number): void {
    let at = this.partial ? this.complete(bytes, start, end) : start;
    for (;;) {
      const size = frameSize(bytes, at, end);
      if (size === 0 || at + size > end) break;
      this.sink.frame(bytes[at]! & 15, bytes, at + headSize(bytes[at + 1]!), at + size);
      at += size;
    }
    if (at < end) this.keep(bytes, at, end);
  }

  /** Adds the missing bytes of the partial frame and passes it on. Returns the start of the next frame. */
  private complete(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && frameSize(this.partial!, 0, this.length) === 0) at = this.keep(bytes, at, at + 1);
    const size = frameSize(this.partial!, 0, this.length);
    if (size === 0) return at;
    at = this.keep(bytes, at, Math.min(end, at + size - this.length));
    if (this.length === size) {
      const whole = this.partial!;
      this.partial = undefined;
      this.length = 0;
      this.sink.frame(whole[0]! & 15, whole, headSize(whole[1]!), size);
    }
    return at;
  }

  private keep(bytes: Buffer, start: number, end: number): number {
    const length = this.length + end - start;
    if (!this.partial || this.partial.length < length) {
      const larger = Buffer.allocUnsafe(Math.max(256, length * 2));
      this.partial?.copy(larger, 0, 0, this.length);
      this.partial = larger;
    }
    bytes.copy(this.partial, this.length, start, end);
    this.length = length;
    return end;
  }
}

/** Bytes of the frame at `at`, 0 while its head is incomplete. */
function frameSize(bytes: Buffer, at: number, end: number): number {
  if (end - at < 2) return 0;
  const short = bytes[at + 1]! & 127;
  const head = headSize(short);
  if (end - at < head) return 0;
  if (short < 126) return head + short;
  return head + (short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2)));
}

function headSize(second: number): number {
  const short = second & 127;
  return short < 126 ? 2 : short === 126 ? 4 : 10;
}
