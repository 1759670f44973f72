import type { ExpiringItem } from './retention/expiry-queue.js';
import type { Encoder, Log } from './log.js';
import { indexOfSegment, Segment, SMALLEST_SEGMENT } from './segment.js';
import type { ReadResult } from './encoded-log.js';

/**
 * The messages of a log as one encoder writes them, made from the records when somebody reads them. Only the segments
 * that were read are there, and each of them can be dropped and made again at any time.
 */
export class LazyEncodedLog implements ExpiringItem<LazyEncodedLog> {
  /** For the `EncodingCache`. */
  older: LazyEncodedLog | undefined;
  newer: LazyEncodedLog | undefined;
  since = 0;
  cached = false;
  /** Encoded bytes. */
  bytes = 0;

  // In the order of their messages. There may be gaps between them.
  private readonly segments: Segment[] = [];
  private latest: { readonly from: number; readonly chunk: ReadResult } | undefined;

  constructor(
    readonly log: Log,
    readonly encoder: Encoder,
  ) {}

  /**
   * The bytes of the messages from `from` (retained) on, up to the end of a segment. Subscribers that stand at the same
   * place get the very same buffer.
   */
  read(from: number): ReadResult {
    const { latest } = this;
    if (latest?.from === from && latest.chunk.next === this.log.next) return latest.chunk;
    const index = this.fillTo(from);
    const segment = this.segments[index]!;
    this.extend(segment, this.segments[index + 1]?.first ?? this.log.next);
    const { next } = segment;
    // Readers of older messages come here each time, but share the buffer as well.
    if (latest?.from === from && latest.chunk.next === next) return latest.chunk;
    const encoded = segment.from(from);
    const chunk = { bytes: this.encoder.wrap ? this.encoder.wrap(encoded) : encoded, next };
    this.latest = { from, chunk };
    return chunk;
  }

  /** Drops the segments that hold only messages before `first`. */
  trim(first: number): void {
    while (this.segments.length > 0 && this.segments[0]!.next <= first) {
      this.bytes -= this.segments.shift()!.used;
      this.latest = undefined;
    }
  }

  // Segments begin where the log's own segments do, or right behind another one, wherever readers stand: so a crowd of
  // readers at different places can't cut the log into pieces that are too small to be written one by one.
  private fillTo(seq: number): number {
    let index = indexOfSegment(this.segments, seq);
    let segment = this.segments[index];
    while (!segment || segment.next <= seq) {
      // What has just come follows what was there.
      const start = segment?.next === seq ? seq : this.log.startOfSegment(seq);
      const first = segment ? Math.max(segment.next, start) : start;
      const extended = segment?.next === first && this.extend(segment, seq + 1);
      if (!extended) segment = this.insert(++index, first);
    }
    return index;
  }

  private insert(index: number, first: number): Segment {
    const encoded = this.encode(first);
    const segment = new Segment(first, Math.max(SMALLEST_SEGMENT, encoded.length));
    segment.append(encoded);
    this.bytes += encoded.length;
    this.segments.splice(index, 0, segment);
    return segment;
  }

  /** Encodes what follows the segment, up to message `end` or until it is full. Whether anything was encoded. */
  private extend(segment: Segment, end: number): boolean {
    const before = segment.used;
    for (let seq = segment.next; seq < end; seq++) {
      const encoded = this.encode(seq);
      if (!segment.hasRoom(encoded.length)) break;
      segment.append(encoded);
    }
    this.bytes += segment.used - before;
    return segment.used > before;
  }

  private encode(seq: number): string {
    const { json, id, time } = this.log.message(seq);
    return this.encoder.encode(json, id, time);
  }
}
