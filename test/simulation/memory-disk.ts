import { checksumOf, firstChecksum, frameHeaderOf } from '../../src/journal/frame.js';
import type { JournalStore } from '../../src/journal/journal-store.js';
import { SEGMENT_HEADER, segmentHeader } from '../../src/journal/segment-header.js';
import type { SegmentSource } from '../../src/journal/segment-reader.js';
import type { EventLoop, SimulatedProcess } from './event-loop.js';
import type { Random } from './random.js';

/** Milliseconds: the longest time of a command on its way to the thread of the journal. */
const LATENCY = 8;

/** Milliseconds between two calls of fdatasync. */
export const SYNC = 1000;

/** How a process ends without closing its journal: `kill` keeps what was written, `power` only what was synced. */
export type DiskLoss = 'kill' | 'power';

/** A file of the disk. */
interface MemorySegment {
  readonly index: number;
  bytes: Buffer;
  /** Bytes that survive a power loss. */
  synced: number;
  /** See `checksumOf`. */
  checksum: number;
}

/** A command that the thread of the journal has not done yet. */
interface DiskCommand {
  readonly apply: () => void;
  /** What the command writes. */
  readonly records?: Buffer;
}

/** The disk of the monitor. It outlives the processes. */
export class MemoryDisk {
  private segments: MemorySegment[] = [];
  private queue: DiskCommand[] = [];
  private current: MemorySegment | undefined;

  constructor(
    private readonly loop: EventLoop,
    private readonly random: Random,
  ) {}

  /** The segments, oldest first. */
  sources(): (SegmentSource & { readonly index: number })[] {
    return this.segments.map(({ index, bytes }) => ({
      index,
      size: bytes.length,
      read: (buffer, position) => bytes.copy(buffer, 0, position),
    }));
  }

  /** See `nextIndexIn`. */
  get nextIndex(): number {
    const last = this.segments.at(-1);
    if (!last) return 1;
    return last.bytes.length <= SEGMENT_HEADER ? last.index : last.index + 1;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** The store of a process. */
  storeOf(process: SimulatedProcess): JournalStore {
    let waiting = 0;
    let lastDue = 0;
    const sync = (): void => {
      this.sync();
      this.loop.input(process, SYNC, sync);
    };
    this.loop.input(process, SYNC, sync);
    const later = (command: DiskCommand): Promise<void> =>
      new Promise((resolve) => {
        this.queue.push(command);
        lastDue = Math.max(lastDue, this.loop.now + this.random.next() * LATENCY);
        this.loop.input(process, lastDue - this.loop.now, () => {
          this.queue.shift()!.apply();
          resolve();
        });
      });
    return {
      get waiting() {
        return waiting;
      },
      open: (index) => later({ apply: () => this.open(index) }),
      write: (given) => {
        const records = Buffer.from(given);
        waiting += records.length;
        const apply = (): void => {
          waiting -= records.length;
          this.write(records);
        };
        void later({ apply, records });
      },
      complete: () => void later({ apply: () => this.complete() }),
      close: () => later({ apply: () => this.close() }),
    };
  }

  /** The process is gone. Its thread has done some of its commands, and a part of the next one. */
  lose(how: DiskLoss): void {
    const { random, queue } = this;
    for (let done = random.int(0, queue.length); done > 0; done--) queue.shift()!.apply();
    const partial = queue[0]?.records;
    if (partial) this.write(partial, random.next());
    this.queue = [];
    this.current = undefined;
    if (how === 'power') for (const segment of this.segments) this.losePower(segment);
  }

  // The disk has some of the bytes that were not synced. The others are missing, or zero.
  private losePower(segment: MemorySegment): void {
    const { bytes, synced } = segment;
    const kept = this.random.int(synced, bytes.length);
    segment.bytes = this.random.chance(0.5)
      ? bytes.subarray(0, kept)
      : Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(bytes.length - kept)]);
  }

  private open(index: number): void {
    const bytes = segmentHeader();
    for (const segment of this.segments) segment.synced = segment.bytes.length;
    this.current = { index, bytes, synced: bytes.length, checksum: firstChecksum(index) };
    this.segments = [...this.segments.filter((segment) => segment.index !== index), this.current];
  }

  /** Writes a frame. @param part of its bytes, from 0 to 1 */
  private write(records: Buffer, part = 1): void {
    const { current } = this;
    if (!current) return;
    current.checksum = checksumOf(records, current.checksum);
    const frame = Buffer.concat([frameHeaderOf(records, current.checksum), records]);
    current.bytes = Buffer.concat([current.bytes, frame.subarray(0, Math.floor(part * frame.length))]);
  }

  private sync(): void {
    if (this.current) this.current.synced = this.current.bytes.length;
  }

  private complete(): void {
    const { current } = this;
    if (!current) return;
    this.sync();
    this.segments = this.segments.filter(({ index }) => index >= current.index);
  }

  private close(): void {
    this.sync();
    this.current = undefined;
  }
}
