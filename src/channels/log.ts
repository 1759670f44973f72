import type { EncodingCache } from './encoding-cache.js';
import { formatPosition, newEpoch, type Position } from '../messages/position.js';
import { encodeTextFrame } from '../messages/text-frame.js';
import { EncodedLog, type ReadResult } from './encoded-log.js';
import { LazyEncodedLog } from './lazy-encoded-log.js';

/** Writes the messages of a log in the form in which one kind of client reads them. */
export interface Encoder {
  /** Encodes a message from its legacy JSON, position and time (ms) as latin1 text: one character stands for one byte. */
  encode(json: string, id: string, time: number): string;
  /** Makes one write of encoded messages that follow each other. Without it they are written as they are. */
  wrap?(encoded: Buffer): Buffer;
}

/** Why a stream can't go on where the watcher left it. */
export type ResetReason = 'epoch' | 'trimmed';

export interface LogLimits {
  /** Messages; the oldest are forgotten. */
  readonly channel_messages: number;
  /** Bytes of records; the oldest are forgotten, the newest is always kept. */
  readonly channel_bytes: number;
}

/** Who appends to a log. */
export interface LogOwner {
  /** Called before an append removes the oldest messages; `first` is the first that stays. */
  beforeTrim(first: number): void;
}

/** A message as an encoder takes it. */
export interface LoggedMessage {
  readonly json: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Bytes that the indexes of a log take for each message: where it starts, and when it came. */
const MESSAGE_OVERHEAD = 24;

/** One life of a channel: an append-only log whose messages are numbered from 1 without holes. */
export class Log {
  readonly epoch = newEpoch();
  /** Nothing will be appended any more. */
  ended = false;
  /** The job has failed, and nothing has followed for long. */
  givenUp = false;

  private readonly records = new EncodedLog();
  private readonly times: number[] = [];
  private timesFirst = 1;
  // Few logs have any: most are read as records only, or not at all.
  private encodings: Map<Encoder, LazyEncodedLog> | undefined;

  constructor(
    private readonly limits: LogLimits,
    private readonly cache: EncodingCache,
  ) {}

  get first(): number {
    return this.records.first;
  }

  get next(): number {
    return this.records.next;
  }

  /** Bytes in memory, without encodings, which belong to the cache. */
  get bytes(): number {
    return this.records.bytes + MESSAGE_OVERHEAD * (this.next - this.first);
  }

  append(json: string, time: number, owner: LogOwner): void {
    const { channel_messages, channel_bytes } = this.limits;
    const bytes = encodeTextFrame(json);
    if (this.next - this.first >= channel_messages || this.records.bytes + bytes.length > channel_bytes) {
      const first = this.records.firstWithin(channel_messages - 1, channel_bytes - bytes.length);
      owner.beforeTrim(first);
      this.trim(first);
    }
    this.givenUp = false;
    this.records.append(bytes);
    this.times.push(time);
  }

  /** What a reader gets from `from` (retained) on, through its encoder (`null`: records as they are); see `EncodedLog.read`. */
  read(encoder: Encoder | null, from: number): ReadResult {
    if (!encoder) return this.records.read(from);
    this.encodings ??= new Map();
    let encoding = this.encodings.get(encoder);
    if (!encoding) this.encodings.set(encoder, (encoding = new LazyEncodedLog(this, encoder)));
    const before = encoding.bytes;
    const chunk = encoding.read(from);
    this.cache.read(encoding, encoding.bytes - before);
    return chunk;
  }

  /** Says where to go on after `position`, and whether something is missing there. */
  resume(position: Position | null | undefined): { from: number; reset?: ResetReason } {
    const from = this.first;
    if (position === undefined) return from > 1 ? { from, reset: 'trimmed' } : { from };
    if (position?.epoch !== this.epoch || position.seq >= this.next) return { from, reset: 'epoch' };
    return position.seq + 1 < from ? { from, reset: 'trimmed' } : { from: position.seq + 1 };
  }

  /** The message `seq`, which must be retained. */
  message(seq: number): LoggedMessage {
    return {
      json: this.records.json(seq),
      id: formatPosition(this.epoch, seq),
      time: this.times[seq - this.timesFirst]!,
    };
  }

  /** The first retained message of the segment that holds message `seq`, which must be retained. */
  startOfSegment(seq: number): number {
    return this.records.startOf(seq);
  }

  /** Called by the cache. */
  dropEncoding(encoder: Encoder): void {
    this.encodings?.delete(encoder);
    if (this.encodings?.size === 0) this.encodings = undefined;
  }

  /** Drops all encodings: nobody will read this log again. */
  dropEncodings(): void {
    for (const encoding of this.encodings?.values() ?? []) this.cache.drop(encoding);
  }

  private trim(first: number): void {
    this.records.trim(first);
    for (const encoding of this.encodings?.values() ?? []) {
      const before = encoding.bytes;
      encoding.trim(first);
      this.cache.shrunk(before - encoding.bytes);
    }
    // In large steps, so that forgetting one message stays cheap however long the log is.
    const stale = this.first - this.timesFirst;
    if (stale > 1024 && stale > this.times.length / 2) {
      this.times.splice(0, stale);
      this.timesFirst = this.first;
    }
  }
}
