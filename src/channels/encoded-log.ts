import type { StoredEncoder } from '../messages/encoder.js';
import type { MessageFields } from '../messages/progress-message.js';
import { indexOfSegment, LARGEST_SEGMENT, Segment, SMALLEST_SEGMENT } from './segment.js';

/** Bytes that can be written unchanged. */
export interface ReadResult {
  readonly bytes: Buffer;
  /** The sequence number after the last message in `bytes`: the next read starts here. */
  readonly endSeq: number;
}

/**
 * The messages of a log in one encoding, in segments of bytes. Their sequence numbers go from `startSeq` (inclusive) to
 * `endSeq` (exclusive), as in `Log` and `Segment`. A trimmed segment stays in memory until the last socket has sent it.
 */
export class EncodedLog {
  /** Bytes of the retained messages. */
  bytes = 0;
  /** The sequence number of the oldest retained message. */
  startSeq: number;
  /** The sequence number of the next message to be appended. */
  endSeq: number;

  private readonly segments: Segment[] = [];
  private latestRead: { readonly seq: number; readonly result: ReadResult } | undefined;

  /** @param startSeq the sequence number of the first message */
  constructor(startSeq: number) {
    this.startSeq = this.endSeq = startSeq;
  }

  /** Appends one encoded message. Each character is one byte (latin1). */
  append(encoded: string): void {
    this.segmentFor(encoded.length).append(encoded);
    this.bytes += encoded.length;
    this.endSeq++;
  }

  /**
   * Appends consecutive encoded messages of at most `LARGEST_SEGMENT` bytes.
   *
   * @param ends the end of each message in `encoded`
   */
  appendAll(encoded: Buffer, ends: readonly number[]): void {
    this.segmentFor(encoded.length).appendAll(encoded, ends);
    this.bytes += encoded.length;
    this.endSeq += ends.length;
  }

  /**
   * The bytes from message `seq`, which must be retained, to the end of its segment. Subscribers with the same cursor get
   * the same buffer.
   */
  read(seq: number): ReadResult {
    const segment = this.segmentOf(seq);
    const { endSeq } = segment;
    const latest = this.latestRead;
    if (latest?.seq === seq && latest.result.endSeq === endSeq) return latest.result;
    const result = { bytes: segment.from(seq), endSeq };
    this.latestRead = { seq, result };
    return result;
  }

  /** Bytes of message `seq`, which must be retained. */
  size(seq: number): number {
    return this.segmentOf(seq).size(seq);
  }

  /** Decodes message `seq`, which must be retained. */
  decode(seq: number, encoder: StoredEncoder): MessageFields {
    return this.segmentOf(seq).decode(seq, encoder);
  }

  /** The first retained message in the segment of message `seq`, which must be retained. */
  segmentStart(seq: number): number {
    return Math.max(this.startSeq, this.segmentOf(seq).startSeq);
  }

  /** The `startSeq` that keeps at most `messages` messages and `bytes` bytes. */
  startSeqWithin(messages: number, bytes: number): number {
    let start = Math.max(this.startSeq, this.endSeq - messages);
    let excess = this.bytes - bytes;
    for (let seq = this.startSeq; seq < start || (excess > 0 && seq < this.endSeq); seq++) {
      if (excess > 0) start = Math.max(start, seq + 1);
      excess -= this.segmentOf(seq).size(seq);
    }
    return start;
  }

  /** Removes the messages before `startSeq`. */
  trim(startSeq: number): void {
    while (this.startSeq < startSeq) {
      const segment = this.segments[0]!;
      this.bytes -= segment.size(this.startSeq++);
      if (this.startSeq < segment.endSeq) continue;
      this.segments.shift();
      this.latestRead = undefined;
    }
  }

  /** The newest segment, with room for a number of bytes. */
  private segmentFor(bytes: number): Segment {
    let segment = this.segments.at(-1);
    if (segment?.hasRoom(bytes)) return segment;
    const size = segment ? LARGEST_SEGMENT : SMALLEST_SEGMENT;
    segment = new Segment(this.endSeq, Math.max(size, bytes));
    this.segments.push(segment);
    return segment;
  }

  private segmentOf(seq: number): Segment {
    return this.segments[indexOfSegment(this.segments, seq)]!;
  }
}
