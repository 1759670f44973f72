import type { ChannelSnapshot } from '../channels/channel.js';
import type { ProducerStamp } from '../channels/producers.js';
import type { RemovalReason } from '../channels/sink.js';

/** The first byte of each record. */
export const RECORD = {
  log: 1,
  entries: 2,
  removed: 3,
  complete: 4,
  closed: 5,
  producers: 6,
  segment: 7,
  ended: 8,
} as const;

/** A log starts in this segment. It replaces what was read about the channel before. */
export interface LogStartRecord {
  readonly id: string;
  readonly epoch: string;
  /** The number of the first message that follows. */
  readonly seq: number;
  /** The record replaces an earlier log only when the messages up to this number have followed (exclusive). */
  readonly endSeq: number;
  /** The state after the messages before `endSeq`. Absent: the log is new, and the state follows from its messages. */
  readonly snapshot?: ChannelSnapshot;
}

/** Consecutive messages of a log, in the encoding in which the monitor stores them. */
export interface EntriesRecord {
  readonly seq: number;
  readonly times: readonly number[];
  readonly bytes: Buffer;
}

/** Gets the records of a journal or a relay in the order in which they were written. */
export interface RecordVisitor {
  log(ref: number, record: LogStartRecord): void;
  entries(ref: number, record: EntriesRecord): void;
  /** Producers whose requests the log contains now, longest ago first. */
  producers(ref: number, stamps: readonly ProducerStamp[]): void;
  /** @param reason why its subscribers were closed; only in a relay */
  removed(id: string, reason?: RemovalReason): void;
  /** A segment starts: its records repeat every channel. Only in a relay, because a segment of a journal is a file. */
  segment?(): void;
  /** The segment contains every channel: earlier segments are no longer needed. */
  complete(): void;
  /** The process ended gracefully. */
  closed(): void;
}

/**
 * Reads the records of one frame. Throws `RangeError` or `SyntaxError` for records that no version of the monitor
 * writes; the checksum of the frame was right, so this is an error of the program.
 */
export function readRecords(frame: Buffer, visitor: RecordVisitor): void {
  let at = 0;
  const text = (): string => {
    const length = frame.readUInt32LE(at);
    at += 4 + length;
    if (at > frame.length) throw new RangeError('A text beyond the end of the frame');
    return frame.toString('utf8', at - length, at);
  };
  const reference = (): number => {
    at += 4;
    return frame.readUInt32LE(at - 4);
  };
  while (at < frame.length) {
    const type = frame[at++]!;
    switch (type) {
      case RECORD.log:
        visitor.log(reference(), JSON.parse(text()) as LogStartRecord);
        break;
      case RECORD.producers:
        visitor.producers(reference(), JSON.parse(text()) as ProducerStamp[]);
        break;
      case RECORD.entries: {
        const { ref, record, end } = readEntries(frame, at);
        at = end;
        visitor.entries(ref, record);
        break;
      }
      case RECORD.removed:
        visitor.removed(text());
        break;
      case RECORD.ended:
        visitor.removed(text(), text() as RemovalReason);
        break;
      case RECORD.segment:
        visitor.segment?.();
        break;
      case RECORD.complete:
        visitor.complete();
        break;
      case RECORD.closed:
        visitor.closed();
        break;
      default:
        throw new RangeError(`Unknown record ${type}`);
    }
  }
}

// Little-endian: reference (32 bits), number of the first message (64-bit float), number of messages, bytes of all
// messages (32 bits each), their times (64-bit floats), their bytes.
function readEntries(frame: Buffer, at: number): { ref: number; record: EntriesRecord; end: number } {
  const ref = frame.readUInt32LE(at);
  const seq = frame.readDoubleLE(at + 4);
  const count = frame.readUInt32LE(at + 12);
  const length = frame.readUInt32LE(at + 16);
  const times: number[] = [];
  let next = at + ENTRIES_HEADER;
  for (let i = 0; i < count; i++, next += 8) times.push(frame.readDoubleLE(next));
  const end = next + length;
  if (end > frame.length) throw new RangeError('Messages beyond the end of the frame');
  return { ref, record: { seq, times, bytes: frame.subarray(next, end) }, end };
}

/** Bytes of an `entries` record before the times, without its type. */
export const ENTRIES_HEADER = 20;
