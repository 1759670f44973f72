import type { LogEntry } from './log-entry.js';
import type { MessageFields } from './progress-message.js';

/** Encodes entries in the form that one kind of client reads. The output depends on the entries only. */
export interface Encoder {
  /** Returns latin1 text: each character is one byte. */
  encode(entry: LogEntry): string;
  /** Wraps consecutive encoded entries for one write. Without `wrap`, the entries are written unchanged. */
  wrap?(encoded: Buffer): Buffer;
}

/** The encoder in which a log stores its messages. Clients that read this encoding get slices of the stored bytes. */
export interface StoredEncoder extends Encoder {
  /** Stored bytes are written unchanged. */
  readonly wrap?: never;
  /** The end of the encoded entry at `start`. */
  endOf(bytes: Buffer, start: number): number;
  /** Reads the message back from the bytes of one encoded entry. */
  decode(bytes: Buffer, start: number, end: number): MessageFields;
}
