import type { ProducerStamp } from '../channels/producers.js';
import type { RemovalReason } from '../channels/sink.js';
import { ENTRIES_HEADER, RECORD, type LogStartRecord } from './records.js';

/** Bytes of a new batch. A batch doubles its buffer when it is full. */
const SMALLEST_BATCH = 4096;

/** Bytes of a buffer that `clear` keeps. */
const LARGEST_KEPT = 2 * 1024 * 1024;

/** Records that are written in one frame. */
export class RecordBatch {
  private buffer = Buffer.allocUnsafeSlow(SMALLEST_BATCH);
  private used = 0;

  /** Starts the next batch. */
  clear(): void {
    this.used = 0;
    if (this.buffer.length > LARGEST_KEPT) this.buffer = Buffer.allocUnsafeSlow(SMALLEST_BATCH);
  }

  /** Bytes of all records. */
  get size(): number {
    return this.used;
  }

  /** The bytes of all records, until the next change. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.used);
  }

  log(ref: number, record: LogStartRecord): void {
    this.json(RECORD.log, ref, record);
  }

  producers(ref: number, stamps: readonly ProducerStamp[]): void {
    this.json(RECORD.producers, ref, stamps);
  }

  /** Adds consecutive messages from `seq` to `endSeq` (exclusive). */
  entries(ref: number, seq: number, endSeq: number, timeOf: (seq: number) => number, bytes: Buffer): void {
    const count = endSeq - seq;
    this.reserve(1 + ENTRIES_HEADER + 8 * count + bytes.length);
    this.uint8(RECORD.entries);
    this.uint32(ref);
    this.double(seq);
    this.uint32(count);
    this.uint32(bytes.length);
    for (let i = seq; i < endSeq; i++) this.double(timeOf(i));
    this.used += bytes.copy(this.buffer, this.used);
  }

  removed(id: string, reason?: RemovalReason): void {
    this.mark(reason ? RECORD.ended : RECORD.removed);
    this.text(id);
    if (reason) this.text(reason);
  }

  /** Adds a record without content. */
  mark(type: number): void {
    this.reserve(1);
    this.uint8(type);
  }

  private json(type: number, ref: number, content: object): void {
    this.reserve(5);
    this.uint8(type);
    this.uint32(ref);
    this.text(JSON.stringify(content));
  }

  private uint8(value: number): void {
    this.used = this.buffer.writeUInt8(value, this.used);
  }

  private uint32(value: number): void {
    this.used = this.buffer.writeUInt32LE(value, this.used);
  }

  private double(value: number): void {
    this.used = this.buffer.writeDoubleLE(value, this.used);
  }

  private text(text: string): void {
    const length = Buffer.byteLength(text);
    this.reserve(4 + length);
    this.uint32(length);
    this.used += this.buffer.write(text, this.used, 'utf8');
  }

  private reserve(bytes: number): void {
    const needed = this.used + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.used);
    this.buffer = larger;
  }
}
