/** Bits of the first two bytes of a frame (RFC 6455, section 5.2). */
const FIN = 0x80;
const CONTROL = 0x08;
const MASKED = 0x80;

const MASK_BYTES = 4;

/** Whether `bytes` are exactly one short, unfragmented frame. Nearly all input of clients has this form. */
export function isShortFrame(bytes: Buffer): boolean {
  if (bytes.length < 2 || (bytes[0]! & FIN) === 0 || (bytes[1]! & MASKED) === 0) return false;
  const length = bytes[1]! & 0x7f;
  return length < 126 && bytes.length === 2 + MASK_BYTES + length;
}

/**
 * Counts the frames of a client, of any kind, before `ws` parses them. Reads the frame headers, in pieces of any size,
 * and skips the payload.
 */
export class FrameBudget {
  /** Bytes of the current header read so far; 0: the next byte begins a frame. */
  private header = 0;
  /** Missing bytes of the extended length. */
  private lengthBytes = 0;
  private length = 0;
  /** Missing bytes of the current frame after its header, including the mask. */
  private payload = 0;
  /** Whether the current message continues with the next data frame. */
  private fragmented = false;
  /** Renewals since the current message began. */
  private age = 0;

  /** @param frames sent since the last `renew` */
  constructor(private frames = 0) {}

  /** Counts the frames in the next bytes. Returns false as soon as there are more than `limit` frames since `renew`. */
  take(bytes: Buffer, limit: number): boolean {
    for (let at = 0; at < bytes.length;) {
      if (this.header === 0 && this.payload > 0) {
        const skipped = Math.min(this.payload, bytes.length - at);
        this.payload -= skipped;
        at += skipped;
      } else if (!this.takeHeader(bytes[at++]!, limit)) {
        return false;
      }
      if (this.header === 0 && this.payload === 0 && !this.fragmented) this.age = 0;
    }
    return true;
  }

  /**
   * Begins a new interval. Returns false if a message was incomplete for a whole interval: no client needs that long.
   */
  renew(): boolean {
    this.frames = 0;
    const unfinished = this.fragmented || this.header > 0 || this.payload > 0;
    return !unfinished || this.age++ === 0;
  }

  private takeHeader(byte: number, limit: number): boolean {
    this.header++;
    if (this.header === 1) {
      if ((byte & CONTROL) === 0) this.fragmented = (byte & FIN) === 0;
      return ++this.frames <= limit;
    }
    if (this.header === 2) {
      this.payload = (byte & MASKED) !== 0 ? MASK_BYTES : 0;
      const length = byte & 0x7f;
      this.lengthBytes = length < 126 ? 0 : length === 126 ? 2 : 8;
      this.length = this.lengthBytes > 0 ? 0 : length;
    } else {
      this.length = this.length * 256 + byte;
      this.lengthBytes--;
    }
    if (this.lengthBytes === 0) {
      this.payload += this.length;
      this.header = 0;
    }
    return true;
  }
}
