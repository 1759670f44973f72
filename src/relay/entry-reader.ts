import { Logger } from '@nestjs/common';
import { readRecords, RECORD } from '../records/records.js';
import { errorText } from '../text/error-text.js';
import { ChannelFollower, type FollowingChannels } from './channel-follower.js';
import { isNextEntry, START } from './entry-id.js';

/** An entry of the stream; without records when it has another form. */
export interface StreamEntry {
  readonly id: string;
  readonly records: Buffer | undefined;
}

/** Applies the entries of the stream in order, and notices entries that are missing. */
export class EntryReader {
  /** The last entry that was accepted. */
  position = START;
  /** Times that entries were missing. */
  gaps = 0;
  /** Grows when the stream must be read again from its first entry. */
  readings = 0;
  /** Entries are skipped until the next segment, because some are missing. */
  private skipping = true;
  private readonly logger = new Logger('Relay');
  private readonly channels: ChannelFollower;

  constructor(channels: FollowingChannels) {
    this.channels = new ChannelFollower(channels);
  }

  /** Messages that were applied. */
  get messages(): number {
    return this.channels.messages;
  }

  /** The channels are those of the stream at `position`: no entry is missing, and a whole segment was read. */
  get isWhole(): boolean {
    return this.position === START || (!this.skipping && this.channels.isComplete);
  }

  /** @param receivedAt when the entries that follow were received; ms of `performance.now` */
  receive(receivedAt: number): void {
    this.channels.receive(receivedAt);
  }

  accept({ id, records }: StreamEntry): void {
    const isSegment = records?.[0] === RECORD.segment;
    if (this.position !== START && !isNextEntry(this.position, id)) {
      this.logger.warn({ message: 'Entries are missing', after: this.position, next: id });
      // A segment repeats every channel. Otherwise the first entry of the stream starts one.
      if (!isSegment) return this.restart();
      this.gapped();
    }
    this.position = id;
    if (isSegment) this.skipping = false;
    if (this.skipping) return;
    try {
      if (!records) throw new RangeError('An entry that another version has written');
      readRecords(records, this.channels);
    } catch (error) {
      this.gapped();
      this.skipping = true;
      this.logger.error({
        message: 'Skipping entries until all channels come again',
        entry: id,
        reason: errorText(error),
      });
    }
  }

  /** Starts again with the first entry of the stream. */
  restart(): void {
    this.gapped();
    this.readings++;
    this.position = START;
    this.skipping = true;
  }

  private gapped(): void {
    this.gaps++;
    this.channels.isComplete = false;
  }
}
