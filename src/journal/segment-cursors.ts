import type { Channel } from '../channels/channel.js';
import type { RecordBatch } from './record-batch.js';

/** What a segment has of a channel. */
interface SegmentCursor {
  /** Identifies the log in the segment. */
  readonly ref: number;
  readonly epoch: string;
  /** The first message that the segment lacks. */
  seq: number;
}

/** What one segment of a journal has of each channel. */
export class SegmentCursors {
  private nextRef = 0;
  private readonly cursors = new Map<Channel, SegmentCursor>();

  /** The channel is gone. Returns whether the segment has messages of it. */
  delete(channel: Channel): boolean {
    return this.cursors.delete(channel);
  }

  /**
   * Adds the messages that the segment lacks to `batch`. Returns false when the batch has reached `end` bytes before
   * that: call again with the next batch.
   */
  write(channel: Channel, batch: RecordBatch, end: number): boolean {
    if (channel.retained === 0) return true;
    if (batch.size >= end) return false;
    const cursor = this.cursorOf(channel, batch);
    while (cursor.seq < channel.endSeq) {
      if (batch.size >= end) return false;
      const { bytes, endSeq } = channel.readStored(cursor.seq);
      batch.entries(cursor.ref, cursor.seq, endSeq, (seq) => channel.timeOf(seq), bytes);
      cursor.seq = endSeq;
    }
    return true;
  }

  private cursorOf(channel: Channel, batch: RecordBatch): SegmentCursor {
    const { id, epoch, startSeq, endSeq } = channel;
    const known = this.cursors.get(channel);
    // Otherwise the log is another one, or has been trimmed before its messages were written.
    if (known && known.epoch === epoch && known.seq >= startSeq) return known;
    const cursor = { ref: this.nextRef++, epoch, seq: startSeq };
    const snapshot = channel.snapshot();
    // The summary of a whole log follows from its messages.
    const isWhole = startSeq === 1 && snapshot.predecessors.length === 0;
    const record = { id, epoch, seq: startSeq, endSeq };
    batch.log(cursor.ref, isWhole ? record : { ...record, snapshot });
    this.cursors.set(channel, cursor);
    return cursor;
  }
}
