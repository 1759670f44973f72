import type { StoredEncoder } from '../messages/encoder.js';
import type { MessageFields } from '../messages/progress-message.js';

/** Bytes of the smallest segment. A full segment doubles its buffer, so a job of a few messages takes little memory. */
export const SMALLEST_SEGMENT = 512;

/**
 * Bytes of the largest segment. With this size, a burst takes one write per client. With seven writes per client, a
 * thousand clients take three times as long. 32 bytes remain for an encoder that wraps the write, so that the write
 * fits 64 KiB. A larger message gets a segment for itself.
 */
export const LARGEST_SEGMENT = 64 * 1024 - 32;

/**
 * Consecutive encoded messages in one buffer: message `startSeq + i` lies between `starts[i]` and `starts[i + 1]`, or
 * `used`. Bytes never change after they are appended, so any number of sockets can share views of them.
 */
export class Segment {
  /** Bytes of all messages. */
  used = 0;
  private bytes: Buffer;
  private readonly starts: number[] = [];

  /** @param size bytes of the buffer; the first message must fit */
  constructor(
    readonly startSeq: number,
    size: number,
  ) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** The sequence number after the last message. */
  get endSeq(): number {
    return this.startSeq + this.starts.length;
  }

  /** Whether a message of `length` bytes fits. */
  hasRoom(length: number): boolean {
    return this.used + length <= LARGEST_SEGMENT;
  }

  /** Appends one encoded message, for which there must be room. Each character is one byte (latin1). */
  append(encoded: string): void {
    if (this.used + encoded.length > this.bytes.length) this.grow(this.used + encoded.length);
    this.starts.push(this.used);
    this.bytes.write(encoded, this.used, 'latin1');
    this.used += encoded.length;
  }

  /**
   * Appends consecutive encoded messages, for which there must be room.
   *
   * @param ends the end of each message in `encoded`
   */
  appendAll(encoded: Buffer, ends: readonly number[]): void {
    if (this.used + encoded.length > this.bytes.length) this.grow(this.used + encoded.length);
    let start = 0;
    for (const end of ends) {
      this.starts.push(this.used + start);
      start = end;
    }
    encoded.copy(this.bytes, this.used);
    this.used += encoded.length;
  }

  /** The bytes of the messages from `seq` to the last one. */
  from(seq: number): Buffer {
    return this.bytes.subarray(this.starts[seq - this.startSeq], this.used);
  }

  /** Decodes one message. */
  decode(seq: number, encoder: StoredEncoder): MessageFields {
    return encoder.decode(this.bytes, this.starts[seq - this.startSeq]!, this.end(seq));
  }

  /** Bytes of one message. */
  size(seq: number): number {
    return this.end(seq) - this.starts[seq - this.startSeq]!;
  }

  private end(seq: number): number {
    return this.starts[seq - this.startSeq + 1] ?? this.used;
  }

  // Existing views keep the smaller buffer, which holds the same bytes.
  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.min(Math.max(this.bytes.length * 2, needed), LARGEST_SEGMENT));
    this.bytes.copy(bytes, 0, 0, this.used);
    this.bytes = bytes;
  }
}

/** The index of the last segment that starts at or before `seq`; -1 when there is none. */
export function indexOfSegment(segments: readonly Segment[], seq: number): number {
  let high = segments.length - 1;
  // Most reads ask for the newest messages.
  if (high < 0 || segments[high]!.startSeq <= seq) return high;
  let low = -1;
  high--;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.startSeq <= seq) low = middle;
    else high = middle - 1;
  }
  return low;
}
