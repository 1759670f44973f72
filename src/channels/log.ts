import { formatPosition, newEpoch, type Position } from './position.js';
import { record, recordJson } from './record.js';
import { Track, type Chunk } from './track.js';

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

interface Encoded {
  readonly track: Track;
  readers: number;
}

/** What most logs have, because nobody reads them but as records; 200 bytes less for each of them. */
const NONE: Map<Encoder, Encoded> = new Map();

/** One life of a channel: an append-only log whose messages are numbered from 1 without holes. */
export class Log {
  readonly epoch = newEpoch();
  /** Nothing will be appended any more. */
  ended = false;

  private readonly records = new Track(1);
  private readonly times: number[] = [];
  private timesFirst = 1;
  private encoded: Map<Encoder, Encoded> = NONE;

  constructor(private readonly limits: LogLimits) {}

  get first(): number {
    return this.records.first;
  }

  get next(): number {
    return this.records.next;
  }

  /** Bytes in memory, all encodings together. */
  get bytes(): number {
    let bytes = this.records.bytes;
    for (const { track } of this.encoded.values()) bytes += track.bytes;
    return bytes;
  }

  /** Whether one more message would push out the oldest. */
  get full(): boolean {
    return (
      this.next - this.first >= this.limits.channel_messages ||
      this.records.bytes >= this.limits.channel_bytes
    );
  }

  append(json: string, time: number): void {
    for (const [encoder, { track }] of this.encoded) {
      track.append(encoder.encode(json, formatPosition(this.epoch, this.next), time));
    }
    this.records.append(record(json));
    this.times.push(time);
    while (this.excess()) this.trim();
  }

  /** What a reader gets from `from` on, through its encoder (`null`: records as they are); see `Track.read`. */
  read(encoder: Encoder | null, from: number): Chunk {
    return (encoder ? this.encoded.get(encoder)!.track : this.records).read(from);
  }

  /** Says where to go on after `position`, and whether something is missing there. */
  resume(position: Position | null | undefined): { from: number; reset?: ResetReason } {
    const from = this.first;
    if (position === undefined) return from > 1 ? { from, reset: 'trimmed' } : { from };
    if (position?.epoch !== this.epoch || position.seq >= this.next) return { from, reset: 'epoch' };
    return position.seq + 1 < from ? { from, reset: 'trimmed' } : { from: position.seq + 1 };
  }

  /** Keeps the log encoded by `encoder` from now on, until each of its readers has called `close`. */
  open(encoder: Encoder | null): void {
    if (!encoder) return;
    const entry = this.encoded.get(encoder) ?? { track: this.encode(encoder), readers: 0 };
    if (this.encoded === NONE) this.encoded = new Map();
    this.encoded.set(encoder, entry);
    entry.readers++;
  }

  /** The counterpart of each `open`. */
  close(encoder: Encoder | null): void {
    const entry = encoder && this.encoded.get(encoder);
    if (entry && --entry.readers === 0) this.encoded.delete(encoder);
  }

  private encode(encoder: Encoder): Track {
    const track = new Track(this.first, encoder.wrap);
    for (let seq = this.first; seq < this.next; seq++) {
      const json = recordJson(this.records.at(seq));
      track.append(encoder.encode(json, formatPosition(this.epoch, seq), this.times[seq - this.timesFirst]!));
    }
    return track;
  }

  private excess(): boolean {
    const messages = this.next - this.first;
    return (
      messages > this.limits.channel_messages ||
      (messages > 1 && this.records.bytes > this.limits.channel_bytes)
    );
  }

  private trim(): void {
    this.records.trim();
    for (const { track } of this.encoded.values()) track.trim();
    // In large steps, so that forgetting one message stays cheap however long the log is.
    const stale = this.first - this.timesFirst;
    if (stale > 1024 && stale > this.times.length / 2) {
      this.times.splice(0, stale);
      this.timesFirst = this.first;
    }
  }
}
