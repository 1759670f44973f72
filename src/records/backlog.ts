import type { Channel } from '../channels/channel.js';
import type { RecordBatch } from './record-batch.js';
import type { SegmentCursors } from './segment-cursors.js';

/** The channels that a new segment may lack. They are copied to it in slices. */
export class Backlog {
  private current: Channel | undefined;

  constructor(private readonly channels: Iterator<Channel>) {}

  /** Copies messages until the batch has `end` bytes. Returns true when the segment has all channels. */
  copy(cursors: SegmentCursors, batch: RecordBatch, end: number): boolean {
    while (batch.size < end) {
      if (!this.current) {
        const next = this.channels.next();
        if (next.done) return true;
        this.current = next.value;
      }
      if (cursors.write(this.current, batch, end)) this.current = undefined;
    }
    return false;
  }

  /** The channel is gone: copies no more of its messages. */
  removed(channel: Channel): void {
    if (this.current === channel) this.current = undefined;
  }
}
