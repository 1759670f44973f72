import type { Channel } from '../channels/channel.js';
import type { RecordBatch } from './record-batch.js';

/** Bytes of a log above which its older messages are copied in several batches. */
const SPLIT_ABOVE = 2 * 1024 * 1024;

/** What a segment has of a channel. */
interface SegmentCursor {
  /** Identifies the log in the segment. */
  readonly ref: number;
  readonly epoch: string;
  /** The first message that the segment lacks. */
  seq: number;
  /** Requests of producers that the segment has. */
  requests: number;
  /** Older messages of a long log are being copied, in several batches. */
  isCopying: boolean;
}

/** What one segment has of each channel. A segment is a part of a journal or a relay that repeats every channel. */
export class SegmentCursors {
  /** Messages that were trimmed before they were written. */
  trimmed = 0;
  private nextRef = 0;
  private readonly cursors = new Map<Channel, SegmentCursor>();

  /** Messages of the log that the segment lacks. */
  missing(channel: Channel): number {
    const known = this.cursors.get(channel);
    return (
      channel.endSeq -
      (known?.epoch === channel.epoch ? Math.max(known.seq, channel.startSeq) : channel.startSeq)
    );
  }

  /** Adds the messages that were trimmed since the last `write` of their channels. Called before these cursors are given up. */
  countTrimmed(): void {
    for (const [{ epoch, startSeq }, cursor] of this.cursors)
      if (cursor.epoch === epoch) this.trimmed += Math.max(0, startSeq - cursor.seq);
  }

  /** The channel is gone. Returns whether the segment has messages of it. */
  delete(channel: Channel): boolean {
    return this.cursors.delete(channel);
  }

  /**
   * Adds what the segment lacks to `batch`. Returns false when the batch has reached `end` bytes before that: call again
   * with the next batch. New messages are never split: the messages of a request and the stamp of its producer must come
   * back together, or not at all.
   */
  write(channel: Channel, batch: RecordBatch, end: number): boolean {
    if (channel.retained === 0) return true;
    if (batch.size >= end) return false;
    const cursor = this.cursorOf(channel, batch);
    while (cursor.seq < channel.endSeq) {
      if (cursor.isCopying && batch.size >= end) return false;
      const { bytes, endSeq } = channel.readStored(cursor.seq);
      batch.entries(cursor.ref, cursor.seq, endSeq, (seq) => channel.timeOf(seq), bytes);
      cursor.seq = endSeq;
    }
    cursor.isCopying = false;
    this.writeProducers(channel, cursor, batch);
    return true;
  }

  private writeProducers({ producers }: Channel, cursor: SegmentCursor, batch: RecordBatch): void {
    const missing = (producers?.recorded ?? 0) - cursor.requests;
    if (!producers || missing === 0) return;
    batch.producers(cursor.ref, producers.newest(missing));
    cursor.requests = producers.recorded;
  }

  private cursorOf(channel: Channel, batch: RecordBatch): SegmentCursor {
    const { id, epoch, startSeq, endSeq } = channel;
    const known = this.cursors.get(channel);
    // Otherwise the log is another one, or has been trimmed before its messages were written.
    if (known && known.epoch === epoch && known.seq >= startSeq) return known;
    if (known?.epoch === epoch) this.trimmed += startSeq - known.seq;
    const cursor = {
      ref: this.nextRef++,
      epoch,
      seq: startSeq,
      requests: 0,
      isCopying: channel.bytes > SPLIT_ABOVE,
    };
    const snapshot = channel.snapshot();
    // The summary of a whole log follows from its messages.
    const isWhole = startSeq === 1 && snapshot.predecessors.length === 0;
    const record = { id, epoch, seq: startSeq, endSeq };
    batch.log(cursor.ref, isWhole ? record : { ...record, snapshot });
    this.cursors.set(channel, cursor);
    return cursor;
  }
}
