import { randomUUID } from 'node:crypto';
import type { LogEntry } from '../messages/log-entry.js';
import type { ProgressMessage } from '../messages/progress-message.js';

/** The end of the log of a channel. */
interface LogEnd {
  readonly epoch: string;
  /** The sequence number of the next message. */
  readonly endSeq: number;
  /** FINISHED was the last message. */
  readonly finished: boolean;
}

/** Assigns epoch, sequence number and time to each live message. A restored or relayed entry already has them. */
export class Sequencer {
  constructor(
    private readonly now: () => number = Date.now,
    readonly newEpoch: () => string = randomEpoch,
  ) {}

  /**
   * Creates the next entry of a channel. A message after FINISHED starts a new epoch. A second FINISHED says nothing
   * new, so it gets no entry (`undefined`).
   */
  sequence(message: ProgressMessage, end: LogEnd): LogEntry | undefined {
    const { channelId } = message;
    const time = this.now();
    if (!end.finished) return { channelId, epoch: end.epoch, seq: end.endSeq, time, message };
    if (message.command === 'FINISHED') return undefined;
    return { channelId, epoch: this.newEpoch(), seq: 1, time, message };
  }
}

// No epoch may repeat, even after a restart, so epochs are random. In a UUID, the last 48 bits are all random. Node
// creates random bits for UUIDs in advance, so this takes a tenth of the time of `randomBytes`.
function randomEpoch(): string {
  return randomUUID().slice(-12);
}
