import type { MessageFields } from './progress-message.js';

/** A message with its place in the log of its channel. The log, a journal and a relay all carry entries. */
export interface LogEntry {
  readonly channelId: string;
  /** The id of the log. A channel starts a new log with the first message after FINISHED. */
  readonly epoch: string;
  /** Counts the messages of the epoch from 1, without gaps. */
  readonly seq: number;
  /** When the message arrived, in milliseconds since 1970. */
  readonly time: number;
  readonly message: MessageFields;
}
