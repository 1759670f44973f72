import { framePayload } from '../messages/text-frame.js';
import { indexOfSegment, LARGEST_SEGMENT, Segment, SMALLEST_SEGMENT } from './segment.js';

/** Bytes that may be written as they are, and the sequence number that follows them. */
export interface ReadResult {
  readonly bytes: Buffer;
  readonly next: number;
}

/** The messages of a log as records, in segments of bytes. A trimmed segment lives until the last socket has sent it. */
export class EncodedLog {
  /** Retained bytes, from the first retained message to the last. */
  bytes = 0;
  /** The sequence number of the oldest retained message. */
  first = 1;
  /** The sequence number that the next message will get. */
  next = 1;

  private readonly segments: Segment[] = [];
  private latest: { from: number; chunk: ReadResult } | undefined;

  /** Appends one record; every character of it stands for one byte (latin1). */
  append(record: string): void {
    let segment = this.segments.at(-1);
    if (!segment?.hasRoom(record.length)) {
      const size = segment ? LARGEST_SEGMENT : SMALLEST_SEGMENT;
      segment = new Segment(this.next, Math.max(size, record.length));
      this.segments.push(segment);
    }
    segment.append(record);
    this.bytes += record.length;
    this.next++;
  }

  /**
   * The bytes of the messages from `from` (retained, below `next`) to the end of their segment. Subscribers that stand
   * at the same place get the very same buffer.
   */
  read(from: number): ReadResult {
    const segment = this.segmentOf(from);
    const { next } = segment;
    if (this.latest?.from === from && this.latest.chunk.next === next) return this.latest.chunk;
    const chunk = { bytes: segment.from(from), next };
    this.latest = { from, chunk };
    return chunk;
  }

  /** The JSON of message `seq`, which must be retained. */
  json(seq: number): string {
    return this.segmentOf(seq).decode(seq, framePayload);
  }

  /** The first retained message of the segment of message `seq`, which must be retained. */
  startOf(seq: number): number {
    return Math.max(this.first, this.segmentOf(seq).first);
  }

  /** The sequence number of the oldest message that is still there when at most `messages` and `bytes` are kept. */
  firstWithin(messages: number, bytes: number): number {
    let first = Math.max(this.first, this.next - messages);
    let excess = this.bytes - bytes;
    for (let seq = this.first; seq < first || (excess > 0 && seq < this.next); seq++) {
      if (excess > 0) first = Math.max(first, seq + 1);
      excess -= this.segmentOf(seq).size(seq);
    }
    return first;
  }

  /** Forgets the messages before `first`. */
  trim(first: number): void {
    while (this.first < first) {
      const segment = this.segments[0]!;
      this.bytes -= segment.size(this.first++);
      if (this.first < segment.next) continue;
      this.segments.shift();
      this.latest = undefined;
    }
  }

  private segmentOf(seq: number): Segment {
    return this.segments[indexOfSegment(this.segments, seq)]!;
  }
}
