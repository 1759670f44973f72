import type { Channel } from '../../src/channels/channel.js';
import { ChannelRestorer, type RestoringChannels } from '../../src/journal/channel-restorer.js';
import { RecordBatch } from '../../src/records/record-batch.js';
import { readRecords, RECORD } from '../../src/records/records.js';
import { SegmentCursors } from '../../src/records/segment-cursors.js';

const SETTINGS = { now: 0, retention: { finished: 1, idle: 1 } };

/** The records of a journal, without frames and files. */
export class SmallScopeJournal {
  /** The records of each segment, oldest first. */
  private segments: Buffer[][] = [[]];
  private cursors = new SegmentCursors();

  /** Writes what the newest segment lacks, which then contains every channel. */
  write(channel: Channel): void {
    const batch = new RecordBatch();
    this.cursors.write(channel, batch, Number.POSITIVE_INFINITY);
    batch.mark(RECORD.complete);
    this.segments = [[...this.segments.at(-1)!, batch.bytes]];
  }

  /** Marks the end of a graceful process. */
  close(): void {
    const batch = new RecordBatch();
    batch.mark(RECORD.closed);
    this.segments.at(-1)!.push(batch.bytes);
  }

  /** The next process restores the channel, and starts a segment. */
  restore(channels: Omit<RestoringChannels, 'adopt'>): Channel | undefined {
    let restored: Channel | undefined;
    const restorer = new ChannelRestorer({
      createRestored: channels.createRestored,
      continueUnderNewEpoch: channels.continueUnderNewEpoch,
      adopt: ([first]) => void (restored = first?.channel),
    });
    for (const records of this.segments) {
      const visitor = restorer.segment();
      for (const record of records) readRecords(record, visitor);
    }
    restorer.finish({ ...SETTINGS, isGraceful: restorer.isClosed });
    this.segments.push([]);
    this.cursors = new SegmentCursors();
    return restored;
  }
}
