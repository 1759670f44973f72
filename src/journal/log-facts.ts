import { JobSummary, type ChannelState } from '../channels/job-summary.js';
import { storedEncoder } from '../messages/stored-encoder.js';
import type { RecordedLog } from './log-versions.js';
import type { LogStartRecord } from '../records/records.js';

/** What a journal has of a log, without the messages. */
export class LogFacts implements RecordedLog {
  readonly id: string;
  readonly epoch: string;
  readonly startSeq: number;
  endSeq: number;
  /** Bytes of the messages. */
  bytes = 0;
  /** Includes the messages that were trimmed before the log was written. */
  private job: JobSummary;
  /** From the messages in the journal only. */
  private readonly counted = new JobSummary();

  /**
   * @param segment index of the segment with the messages
   * @param ref identifies the log in the segment
   */
  constructor(
    { id, epoch, seq, snapshot }: LogStartRecord,
    readonly segment: number,
    readonly ref: number,
  ) {
    this.id = id;
    this.epoch = epoch;
    this.startSeq = this.endSeq = seq;
    this.job = snapshot ? JobSummary.from(snapshot.job) : this.counted;
  }

  get messages(): number {
    return this.endSeq - this.startSeq;
  }

  get state(): ChannelState {
    return this.job.state;
  }

  /** When the last message arrived, in milliseconds since 1970; `null` before the first. */
  get updatedAt(): number | null {
    return this.job.updatedAt;
  }

  restore(bytes: Buffer, times: readonly number[], summarizedTo: number): void {
    let start = 0;
    for (const time of times) {
      const end = storedEncoder.endOf(bytes, start);
      const message = storedEncoder.decode(bytes, start, end);
      this.counted.apply(message, time);
      if (this.job !== this.counted && this.endSeq >= summarizedTo) this.job.apply(message, time);
      this.endSeq++;
      start = end;
    }
    this.bytes += bytes.length;
  }

  summarizeAgain(): void {
    this.job = this.counted;
  }
}
