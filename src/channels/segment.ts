/** Bytes of the smallest segment. A segment doubles as it fills, so that a job of a few messages costs little. */
export const SMALLEST_SEGMENT = 512;

/**
 * Bytes of the largest segment: each of a thousand clients gets a burst in one write; in seven writes it takes three times
 * as long. What an encoder wraps around the messages of one write still fits 64 KiB. Only a message that is larger gets a
 * larger segment for itself.
 */
export const LARGEST_SEGMENT = 64 * 1024 - 32;

/**
 * Encoded messages in one buffer: the message `first + i` lies between `starts[i]` and `starts[i + 1]`, or `used`. Bytes
 * never change once they are appended, so views of them can be handed to any number of sockets.
 */
export class Segment {
  /** Bytes of all messages. */
  used = 0;
  private bytes: Buffer;
  private readonly starts: number[] = [];

  /** @param size bytes of the buffer; the first message must fit */
  constructor(
    readonly first: number,
    size: number,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** The sequence number that follows the last message. */
  get next(): number {
    return this.first + this.starts.length;
  }

  /** Whether a message of `length` bytes can be appended. */
  hasRoom(length: number): boolean {
    const needed = this.used + length;
    return needed <= this.bytes.length || needed <= LARGEST_SEGMENT;
  }

  /** Appends one encoded message, for which there is room. Every character stands for one byte (latin1). */
  append(encoded: string): void {
    if (this.used + encoded.length > this.bytes.length) this.grow(this.used + encoded.length);
    this.starts.push(this.used);
    this.bytes.write(encoded, this.used, 'latin1');
    this.used += encoded.length;
  }

  /** The bytes of the messages from `seq` to the last one. */
  from(seq: number): Buffer {
    return this.bytes.subarray(this.starts[seq - this.first], this.used);
  }

  /** What `decode` makes of the bytes of one message, which lie from `start` to `end`. */
  decode(seq: number, decode: (bytes: Buffer, start: number, end: number) => string): string {
    return decode(this.bytes, this.starts[seq - this.first]!, this.end(seq));
  }

  /** Bytes of one message. */
  size(seq: number): number {
    return this.end(seq) - this.starts[seq - this.first]!;
  }

  private end(seq: number): number {
    return this.starts[seq - this.first + 1] ?? this.used;
  }

  // Views that were given out keep the smaller buffer, which holds the same bytes.
  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.min(Math.max(this.bytes.length * 2, needed), LARGEST_SEGMENT));
    this.bytes.copy(bytes, 0, 0, this.used);
    this.bytes = bytes;
  }
}

/** The index of the last segment that begins at or before `seq`; -1 when there is none. */
export function indexOfSegment(segments: readonly Segment[], seq: number): number {
  let high = segments.length - 1;
  // Most reads are for the newest messages.
  if (high < 0 || segments[high]!.first <= seq) return high;
  let low = -1;
  high--;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.first <= seq) low = middle;
    else high = middle - 1;
  }
  return low;
}
