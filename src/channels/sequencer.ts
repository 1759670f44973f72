import { randomUUID } from 'node:crypto';
import type { LogEntry } from '../messages/log-entry.js';
import type { ProgressMessage } from '../messages/progress-message.js';

/** What the sequencer must know of a channel. */
interface LogEnd {
  readonly epoch: string;
  /** The sequence number of the next message. */
  readonly endSeq: number;
  /** FINISHED was the last message. */
  readonly finished: boolean;
}

/** Gives each live message its epoch, sequence number and time. An entry that is restored or relayed already has them. */
export class Sequencer {
  constructor(
    private readonly now: () => number = Date.now,
    readonly newEpoch: () => string = randomEpoch,
  ) {}

  /**
   * Makes the next entry of a channel. A message after FINISHED starts a new epoch, except another FINISHED: it says
   * nothing new and makes no entry.
   */
  sequence(message: ProgressMessage, end: LogEnd): LogEntry | undefined {
    const { channelId } = message;
    const time = this.now();
    if (!end.finished) return { channelId, epoch: end.epoch, seq: end.endSeq, time, message };
    if (message.command === 'FINISHED') return undefined;
    return { channelId, epoch: this.newEpoch(), seq: 1, time, message };
  }
}

// Random enough that no epoch comes twice, even after a restart. Only the last 48 bits of a UUID are all random, and Node
// keeps random bits for UUIDs in stock, which takes a tenth of the time of `randomBytes`.
function randomEpoch(): string {
  return randomUUID().slice(-12);
}
