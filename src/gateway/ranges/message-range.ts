import type { Channel } from '../../channels/channel.js';
import type { LogEntry } from '../../messages/log-entry.js';
import { storedEncoder } from '../../messages/stored-encoder.js';
import { streamJson } from '../../messages/stream-json.js';

/** Stored bytes of a range. The message that reaches this bound is the last one of its range. */
export const RANGE_BYTES = 1024 * 1024;

/**
 * Stored bytes of a slice. Encoding them takes less than a millisecond. The message that reaches this bound is the last one
 * of its slice.
 */
const SLICE_BYTES = 16 * 1024;

/** Consecutive messages in the stored encoding. */
interface StoredMessages {
  readonly seq: number;
  readonly bytes: Buffer;
}

/**
 * Consecutive messages of a log, as they are when the range is read. Bytes of a log never change, so the range shares them
 * with the log, and trimming the log does not affect the range.
 */
export class MessageRange {
  /** The number of the last message; `from - 1` for an empty range. */
  readonly to: number;
  /** The range is full or ends with FINISHED. The same request gets the same messages for as long as the log exists. */
  readonly isFinal: boolean;
  /** The log may have messages after this range. Only for a final range. */
  readonly hasNext: boolean;

  private readonly channelId: string;
  private readonly epoch: string;
  private readonly parts: StoredMessages[] = [];
  private readonly times: number[] = [];

  /**
   * @param from the first message, not before the oldest retained one
   * @param limit messages
   */
  constructor(
    channel: Channel,
    readonly from: number,
    limit: number,
  ) {
    this.channelId = channel.id;
    this.epoch = channel.epoch;
    const end = Math.min(from + limit, channel.endSeq);
    let seq = from;
    let left = RANGE_BYTES;
    while (seq < end && left > 0) {
      const { bytes, endSeq } = channel.readStored(seq);
      const start = seq;
      let length = 0;
      for (; seq < Math.min(end, endSeq) && length < left; seq++) {
        length = storedEncoder.endOf(bytes, length);
        this.times.push(channel.timeOf(seq));
      }
      this.parts.push({ seq: start, bytes: bytes.subarray(0, length) });
      left -= length;
    }
    this.to = seq - 1;
    const isFull = seq === from + limit || left <= 0;
    const isLast = channel.finished && seq >= channel.endSeq;
    this.isFinal = isFull || isLast;
    this.hasNext = isFull && !isLast;
  }

  /** Identifies the bytes of the range: the messages of an epoch never change. */
  get etag(): string {
    return `"${this.epoch}-${this.from}-${this.to}"`;
  }

  /** The messages as NDJSON. The caller can wait between two slices. */
  *slices(): Generator<Buffer> {
    for (const { seq: first, bytes } of this.parts) {
      let lines = '';
      let sliceStart = 0;
      for (let seq = first, start = 0; start < bytes.length; seq++) {
        const end = storedEncoder.endOf(bytes, start);
        lines += `${streamJson(this.entry(seq, bytes, start, end))}\n`;
        start = end;
        if (end - sliceStart < SLICE_BYTES && end < bytes.length) continue;
        yield Buffer.from(lines, 'latin1');
        lines = '';
        sliceStart = end;
      }
    }
  }

  private entry(seq: number, bytes: Buffer, start: number, end: number): LogEntry {
    const { channelId, epoch } = this;
    const message = storedEncoder.decode(bytes, start, end);
    return { channelId, epoch, seq, time: this.times[seq - this.from]!, message };
  }
}
