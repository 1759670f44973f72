import type { Encoder, StoredEncoder } from '../messages/encoder.js';
import type { LogEntry } from '../messages/log-entry.js';
import type { Position } from '../messages/position.js';
import { EncodedLog, type ReadResult } from './encoded-log.js';
import type { EncodingCache } from './encoding-cache.js';
import { LazyEncodedLog, type EntrySource } from './lazy-encoded-log.js';
import { LARGEST_SEGMENT } from './segment.js';
import type { ResetCause } from './sink.js';

/** Identifies a log, with the sequence number of its first message. */
export interface LogStart extends Pick<LogEntry, 'channelId' | 'epoch' | 'seq'> {
  /** Earlier epochs of the log, each with its last number; see `Log.continueAs`. */
  readonly predecessors?: readonly Position[];
  /** Somebody waits for the log of another process, which may exist. */
  readonly isPlaceholder?: boolean;
}

/** Where a client continues in a log. */
export interface Resumption {
  readonly seq: number;
  /** The client must discard its messages. */
  readonly reset?: ResetCause;
  /** The last restored message of an earlier epoch. The client keeps its messages. */
  readonly continues?: Position;
}

/** Who decides about the messages of all logs. */
export interface LogAuthority {
  /**
   * Another process, which is ahead of this one. A client may have seen messages that this process will get soon.
   */
  readonly isFollowing: boolean;
}

interface LogLimits {
  /** Messages; the oldest are trimmed. */
  readonly channel_messages: number;
  /** Bytes of stored messages; the oldest are trimmed, the newest is always kept. */
  readonly channel_bytes: number;
}

/** The objects that all logs share. */
export interface LogContext {
  readonly limits: LogLimits;
  readonly encodings: EncodingCache;
  readonly storedEncoder: StoredEncoder;
  readonly authority: LogAuthority;
}

/** The owner of a log, which appends to it. */
export interface LogOwner {
  /** Called before an append trims the log; `startSeq` is the first message that stays. */
  beforeTrim(startSeq: number): void;
}

/** Earlier epochs that a log remembers. Each ungraceful end of the process adds one. */
const MAX_PREDECESSORS = 8;

/** Bytes per message in the indexes of a log: the offset and the time of the message. */
const MESSAGE_OVERHEAD = 24;

/** The messages of one epoch of a channel: append-only, numbered without gaps, trimmed at the start. */
export class Log implements EntrySource {
  readonly channelId: string;
  epoch: string;
  predecessors: readonly Position[];
  /** No message follows in this epoch. */
  ended = false;
  /** The job has failed, and no message has followed for `legacy.farewell_after`. */
  failureIsFinal = false;

  private readonly stored: EncodedLog;
  private readonly isPlaceholder: boolean;
  private readonly times: number[] = [];
  private timesStartSeq: number;
  // Most logs have no other encoding: they are read in the stored encoding only, or not at all.
  private encodings: Map<Encoder, LazyEncodedLog> | undefined;
  private newest: LogEntry | undefined;

  constructor(
    start: LogStart,
    private readonly context: LogContext,
  ) {
    this.channelId = start.channelId;
    this.epoch = start.epoch;
    this.predecessors = start.predecessors ?? [];
    this.isPlaceholder = start.isPlaceholder ?? false;
    this.timesStartSeq = start.seq;
    this.stored = new EncodedLog(start.seq);
  }

  get startSeq(): number {
    return this.stored.startSeq;
  }

  get endSeq(): number {
    return this.stored.endSeq;
  }

  get empty(): boolean {
    return this.endSeq === this.startSeq;
  }

  /** This process follows another one, which may have sent the log to other processes already. */
  get isUnknown(): boolean {
    return this.isPlaceholder && this.context.authority.isFollowing;
  }

  /** Bytes in memory, without encodings, which the cache counts. */
  get bytes(): number {
    return this.stored.bytes + MESSAGE_OVERHEAD * (this.endSeq - this.startSeq);
  }

  /** Appends an entry of this epoch; its `seq` must be `endSeq`. */
  append(entry: LogEntry, owner: LogOwner): void {
    this.appendStored(this.context.storedEncoder.encode(entry), entry.time, owner);
    this.newest = entry;
  }

  /** Appends a message in the stored encoding. */
  appendStored(encoded: string, time: number, owner: LogOwner): void {
    const { channel_messages, channel_bytes } = this.context.limits;
    if (
      this.endSeq - this.startSeq >= channel_messages ||
      this.stored.bytes + encoded.length > channel_bytes
    ) {
      const startSeq = this.stored.startSeqWithin(channel_messages - 1, channel_bytes - encoded.length);
      owner.beforeTrim(startSeq);
      this.trim(startSeq);
    }
    this.failureIsFinal = false;
    this.stored.append(encoded);
    this.times.push(time);
  }

  /**
   * Appends consecutive messages in the stored encoding.
   *
   * @param ends the end of each message in `encoded`
   */
  appendAllStored(encoded: Buffer, ends: readonly number[], times: readonly number[], owner: LogOwner): void {
    const { channel_messages, channel_bytes } = this.context.limits;
    const fits =
      encoded.length <= LARGEST_SEGMENT &&
      this.stored.bytes + encoded.length <= channel_bytes &&
      this.endSeq - this.startSeq + ends.length <= channel_messages;
    if (fits) {
      this.stored.appendAll(encoded, ends);
      for (const time of times) this.times.push(time);
      return;
    }
    for (const [i, end] of ends.entries())
      this.appendStored(encoded.toString('latin1', ends[i - 1] ?? 0, end), times[i]!, owner);
  }

  /** The bytes from message `seq`, which must be retained, in the given encoding; see `EncodedLog.read`. */
  read(encoder: Encoder, seq: number): ReadResult {
    if (encoder === this.context.storedEncoder) return this.stored.read(seq);
    this.encodings ??= new Map();
    let encoding = this.encodings.get(encoder);
    if (!encoding) this.encodings.set(encoder, (encoding = new LazyEncodedLog(this, encoder)));
    const before = encoding.bytes;
    const result = encoding.read(seq);
    this.context.encodings.recordRead(encoding, encoding.bytes - before);
    return result;
  }

  /**
   * The message with which a client continues after `position`. A client without a position is told too that the log
   * may lack messages.
   */
  resume(position: Position | null | undefined): Resumption {
    const seq = this.startSeq;
    if (position === undefined) {
      if (seq > 1) return { seq, reset: 'trimmed' };
      const latest = this.predecessors.at(-1);
      return latest ? { seq, continues: latest } : { seq };
    }
    const continues = this.predecessors.find(({ epoch }) => epoch === position?.epoch);
    const lastSeq = position?.epoch === this.epoch ? this.endSeq - 1 : continues?.seq;
    if (!position || lastSeq === undefined) return { seq, reset: 'epoch' };
    if (position.seq > lastSeq)
      return this.willReach(position) ? { seq: position.seq + 1 } : { seq, reset: 'epoch' };
    if (position.seq + 1 < seq) return { seq, reset: 'trimmed' };
    return continues ? { seq: position.seq + 1, continues } : { seq: position.seq + 1 };
  }

  /**
   * Goes on under a new epoch, with the same messages and numbers. Called for a log that may lack its last messages: a
   * client may have seen other content under the next numbers of the old epoch.
   */
  continueAs(epoch: string): void {
    const predecessor = { epoch: this.epoch, seq: this.endSeq - 1 };
    this.continueFrom([...this.predecessors, predecessor].slice(-MAX_PREDECESSORS), epoch);
  }

  /** Goes on under an epoch that somebody else has chosen; see `continueAs`. */
  continueFrom(predecessors: readonly Position[], epoch: string): void {
    this.predecessors = predecessors;
    this.epoch = epoch;
    // They contain the positions of the earlier epoch.
    this.removeEncodings();
    this.newest = undefined;
  }

  /** When message `seq`, which must be retained, arrived. */
  timeOf(seq: number): number {
    return this.times[seq - this.timesStartSeq]!;
  }

  /** The entry of message `seq`, which must be retained. */
  entry(seq: number): LogEntry {
    if (this.newest?.seq === seq) return this.newest;
    const { channelId, epoch, context } = this;
    return {
      channelId,
      epoch,
      seq,
      time: this.timeOf(seq),
      message: this.stored.decode(seq, context.storedEncoder),
    };
  }

  /**
   * The newest entries, the oldest of them first.
   *
   * @param bytes of the stored messages; the newest entry is always included
   */
  newestEntries(count: number, bytes: number): LogEntry[] {
    let seq = this.endSeq;
    let left = bytes;
    while (seq > this.startSeq && this.endSeq - seq < count) {
      left -= this.stored.size(seq - 1);
      if (left < 0 && seq < this.endSeq) break;
      seq--;
    }
    return Array.from({ length: this.endSeq - seq }, (_, index) => this.entry(seq + index));
  }

  /** Releases the newest entry. The log keeps it until this call, so that a flush of one message decodes nothing. */
  releaseNewest(): void {
    this.newest = undefined;
  }

  /** The first retained message in the stored segment of message `seq`, which must be retained. */
  segmentStart(seq: number): number {
    return this.stored.segmentStart(seq);
  }

  /** Called by the `EncodingCache`. */
  removeEncoding(encoder: Encoder): void {
    this.encodings?.delete(encoder);
    if (this.encodings?.size === 0) this.encodings = undefined;
  }

  /** Removes all encodings. A later read encodes again. */
  removeEncodings(): void {
    for (const encoding of this.encodings?.values() ?? []) this.context.encodings.remove(encoding);
  }

  private willReach({ epoch }: Position): boolean {
    return this.context.authority.isFollowing && epoch === this.epoch && !this.ended;
  }

  private trim(startSeq: number): void {
    this.stored.trim(startSeq);
    for (const encoding of this.encodings?.values() ?? []) {
      const before = encoding.bytes;
      encoding.trim(startSeq);
      this.context.encodings.recordTrim(before - encoding.bytes);
    }
    // In large steps, so that trimming one message stays cheap in a long log.
    const stale = this.startSeq - this.timesStartSeq;
    if (stale > 1024 && stale > this.times.length / 2) {
      this.times.splice(0, stale);
      this.timesStartSeq = this.startSeq;
    }
  }
}
