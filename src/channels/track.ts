/** Bytes that may be written as they are, and the sequence number that follows them. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly next: number;
}

interface Segment {
  readonly first: number;
  bytes: Buffer;
  /** Where each message starts; the message `first + i` lies between `starts[i]` and `starts[i + 1]`, or `used`. */
  readonly starts: number[];
  used: number;
}

// A segment doubles from the first to the second size (bytes): a job of a few messages costs little, and each of a
// thousand clients still gets a burst in one write (in seven it takes three times as long). One message larger than
// that gets a segment of its own.
const FIRST_SEGMENT = 512;
// It stays below 64 KiB by what an encoder may wrap around the messages of one write.
const LARGEST_SEGMENT = 64 * 1024 - 32;

/**
 * The messages of a log in one encoding, as segments of bytes. Bytes once appended never change, so a chunk can be
 * handed to any number of sockets without copying; a trimmed segment lives until the last socket has sent it.
 */
export class Track {
  /** Retained bytes, from the first retained message to the last. */
  bytes = 0;
  /** The sequence number of the oldest retained message. */
  first: number;
  /** The sequence number that the next message will get. */
  next: number;

  private readonly segments: Segment[] = [];
  private latest: { from: number; chunk: Chunk } | undefined;

  /** @param wrap makes one write of the messages of a chunk; see `Encoder.wrap` */
  constructor(
    first: number,
    private readonly wrap?: (encoded: Buffer) => Buffer,
  ) {
    this.first = first;
    this.next = first;
  }

  /** Appends one encoded message; every character of it stands for one byte (latin1). */
  append(encoded: string): void {
    const segment = this.segmentFor(encoded.length);
    segment.starts.push(segment.used);
    segment.bytes.write(encoded, segment.used, 'latin1');
    segment.used += encoded.length;
    this.bytes += encoded.length;
    this.next++;
  }

  /**
   * The bytes of the messages from `from` (retained, below `next`) to the end of their segment. Subscribers that stand
   * at the same place get the very same buffer.
   */
  read(from: number): Chunk {
    const segment = this.segmentOf(from);
    const next = segment.first + segment.starts.length;
    if (this.latest?.from === from && this.latest.chunk.next === next) return this.latest.chunk;
    const encoded = segment.bytes.subarray(segment.starts[from - segment.first], segment.used);
    const chunk = { bytes: this.wrap ? this.wrap(encoded) : encoded, next };
    this.latest = { from, chunk };
    return chunk;
  }

  /** The encoded message `seq`, which must be retained. */
  at(seq: number): Buffer {
    const segment = this.segmentOf(seq);
    return segment.bytes.subarray(segment.starts[seq - segment.first], end(segment, seq));
  }

  /** Forgets the oldest message. */
  trim(): void {
    const segment = this.segments[0]!;
    this.bytes -= end(segment, this.first) - segment.starts[this.first - segment.first]!;
    this.first++;
    if (this.first === segment.first + segment.starts.length) {
      this.segments.shift();
      this.latest = undefined;
    }
  }

  private segmentFor(length: number): Segment {
    const last = this.segments.at(-1);
    const needed = (last?.used ?? 0) + length;
    if (last && needed <= last.bytes.length) return last;
    if (last && needed <= LARGEST_SEGMENT) {
      grow(last, needed);
      return last;
    }
    const size = last ? LARGEST_SEGMENT : FIRST_SEGMENT;
    const bytes = Buffer.allocUnsafeSlow(Math.max(size, length));
    const segment: Segment = { first: this.next, bytes, starts: [], used: 0 };
    this.segments.push(segment);
    return segment;
  }

  private segmentOf(seq: number): Segment {
    let high = this.segments.length - 1;
    if (this.segments[high]!.first <= seq) return this.segments[high]!;
    let low = 0;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.segments[middle]!.first <= seq) low = middle;
      else high = middle - 1;
    }
    return this.segments[low]!;
  }
}

// Chunks that were read before keep the smaller buffer, whose bytes are the same.
function grow(segment: Segment, needed: number): void {
  const bytes = Buffer.allocUnsafeSlow(Math.min(Math.max(segment.bytes.length * 2, needed), LARGEST_SEGMENT));
  segment.bytes.copy(bytes, 0, 0, segment.used);
  segment.bytes = bytes;
}

function end(segment: Segment, seq: number): number {
  return segment.starts[seq - segment.first + 1] ?? segment.used;
}
