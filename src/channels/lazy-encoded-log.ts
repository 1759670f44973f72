import type { Encoder } from '../messages/encoder.js';
import type { LogEntry } from '../messages/log-entry.js';
import type { ReadResult } from './encoded-log.js';
import type { ExpiringItem } from './retention/expiry-queue.js';
import { indexOfSegment, Segment, SMALLEST_SEGMENT } from './segment.js';

/** The log that a `LazyEncodedLog` encodes. */
export interface EntrySource {
  readonly endSeq: number;
  /** The entry of message `seq`, which must be retained. */
  entry(seq: number): LogEntry;
  /** The first retained message in the stored segment of message `seq`, which must be retained. */
  segmentStart(seq: number): number;
  /** The cache has removed the encoding. */
  removeEncoding(encoder: Encoder): void;
}

/**
 * The messages of a log in a second encoding, encoded when a client reads them. Only segments that were read exist. The
 * `EncodingCache` can remove all segments at any time; the next read encodes its messages again.
 */
export class LazyEncodedLog implements ExpiringItem<LazyEncodedLog> {
  /** The `EncodingCache` owns `older`, `newer`, `since` and `cached`. */
  older: LazyEncodedLog | undefined;
  newer: LazyEncodedLog | undefined;
  since = 0;
  cached = false;
  /** Bytes of all segments. */
  bytes = 0;

  // Ordered by `startSeq`. Messages between two segments may be missing.
  private readonly segments: Segment[] = [];
  private latestRead: { readonly seq: number; readonly result: ReadResult } | undefined;

  constructor(
    readonly log: EntrySource,
    readonly encoder: Encoder,
  ) {}

  /**
   * The bytes from message `seq`, which must be retained, to the end of a segment. Subscribers with the same cursor get
   * the same buffer.
   */
  read(seq: number): ReadResult {
    const latest = this.latestRead;
    if (latest?.seq === seq && latest.result.endSeq === this.log.endSeq) return latest.result;
    const index = this.encodeTo(seq);
    const segment = this.segments[index]!;
    this.extend(segment, this.segments[index + 1]?.startSeq ?? this.log.endSeq);
    const { endSeq } = segment;
    // Readers of older messages also share the buffer.
    if (latest?.seq === seq && latest.result.endSeq === endSeq) return latest.result;
    const encoded = segment.from(seq);
    const result = { bytes: this.encoder.wrap ? this.encoder.wrap(encoded) : encoded, endSeq };
    this.latestRead = { seq, result };
    return result;
  }

  /** Removes the segments that hold only messages before `startSeq`. */
  trim(startSeq: number): void {
    while (this.segments.length > 0 && this.segments[0]!.endSeq <= startSeq) {
      this.bytes -= this.segments.shift()!.used;
      this.latestRead = undefined;
    }
  }

  // A segment starts where a segment of the log starts, or directly after another segment. Its start does not depend on
  // the cursors of readers: otherwise many readers would cut the log into segments that are too small for an efficient
  // write.
  /** Encodes message `seq` unless it is encoded. Returns the index of its segment. */
  private encodeTo(seq: number): number {
    let index = indexOfSegment(this.segments, seq);
    let segment = this.segments[index];
    while (!segment || segment.endSeq <= seq) {
      // A new message follows the messages that are already encoded.
      const start = segment?.endSeq === seq ? seq : this.log.segmentStart(seq);
      const first = segment ? Math.max(segment.endSeq, start) : start;
      const extended = segment?.endSeq === first && this.extend(segment, seq + 1);
      if (!extended) segment = this.insert(++index, first);
    }
    return index;
  }

  private insert(index: number, seq: number): Segment {
    const encoded = this.encode(seq);
    const segment = new Segment(seq, Math.max(SMALLEST_SEGMENT, encoded.length));
    segment.append(encoded);
    this.bytes += encoded.length;
    this.segments.splice(index, 0, segment);
    return segment;
  }

  /** Encodes messages after the segment, up to `endSeq` or until it is full. Returns whether it encoded any. */
  private extend(segment: Segment, endSeq: number): boolean {
    const before = segment.used;
    for (let seq = segment.endSeq; seq < endSeq; seq++) {
      const encoded = this.encode(seq);
      if (!segment.hasRoom(encoded.length)) break;
      segment.append(encoded);
    }
    this.bytes += segment.used - before;
    return segment.used > before;
  }

  private encode(seq: number): string {
    return this.encoder.encode(this.log.entry(seq));
  }
}
