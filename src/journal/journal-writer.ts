import { setTimeout as wait } from 'node:timers/promises';
import { CHANNEL_OVERHEAD, type Channel } from '../channels/channel.js';
import type { ChannelObserver } from '../channels/channel-observer.js';
import { errorText } from '../text/error-text.js';
import { BatchTimer } from './batch-timer.js';
import type { JournalStore } from './journal-store.js';
import { FRAME_HEADER } from './frame.js';
import { Backlog } from '../records/backlog.js';
import { RecordBatch } from '../records/record-batch.js';
import { RECORD } from '../records/records.js';
import { SegmentCursors } from '../records/segment-cursors.js';
import { SEGMENT_HEADER } from './segment-header.js';

/** The bounds of a `JournalWriter`, in bytes. */
export interface WriterBounds {
  /** A batch above this size ends; the rest waits for the next turn of the event loop. */
  readonly batch: number;
  /** Older messages that are copied to a new segment in one turn. */
  readonly copySlice: number;
  /** No older message is copied while more than this waits for the disk. */
  readonly copyQueue: number;
  /** The disk counts as failed while more than this waits for it. */
  readonly queue: number;
  /** A segment is replaced when it has this size beside the bytes of all live channels. */
  readonly segment: number;
}

/** A slice of 128 KiB is about 3 ms of work. */
export const WRITER_BOUNDS: WriterBounds = {
  batch: 1024 * 1024,
  copySlice: 128 * 1024,
  copyQueue: 8 * 1024 * 1024,
  queue: 64 * 1024 * 1024,
  segment: 64 * 1024 * 1024,
};

/** Milliseconds that `close` may take to copy channels to the newest segment. */
const CLOSE_TIME = 3000;

/** Bytes that channels and messages take in memory, but not in a segment. */
const MEMORY_PER_CHANNEL = CHANNEL_OVERHEAD - 100;
const MEMORY_PER_MESSAGE = 16;

/** All channels, and the bytes that they take in a journal. */
export interface RecordedChannels {
  all(): IterableIterator<Channel>;
  readonly size: { readonly channels: number; readonly messages: number; readonly bytes: number };
  /** `waiting`: channels without a message, which take no bytes. */
  readonly counters: { readonly states: { readonly waiting: number } };
}

export interface JournalWriterOptions {
  /** Read at the time of use, because a reload of the configuration may change it. */
  readonly limits: { readonly max_bytes: number };
  /** Called when the newest segment contains every channel. */
  readonly onComplete: () => void;
  /** Called when the journal is not written until the next `start`. */
  readonly onFailed: (reason: string) => void;
  readonly bounds?: WriterBounds;
}

/**
 * Writes channels to a journal. Like a subscriber, it has a cursor for each channel and no queue of messages. Each flush
 * adds what lies between the cursor and the end of the log. A new segment starts all cursors again: older messages are
 * copied to it in slices.
 */
export class JournalWriter implements ChannelObserver {
  /** Bytes of the newest segment. */
  segmentBytes = 0;
  /** Bytes of earlier segments, which are removed when the newest contains every channel. */
  earlierBytes = 0;
  private index = 0;
  private recording = false;
  private cursors = new SegmentCursors();
  private readonly pending = new Set<Channel>();
  private removedIds: string[] = [];
  /** The channels that the newest segment may lack. `undefined`: it contains every channel. */
  private backlog: Backlog | undefined;
  private readonly bounds: WriterBounds;
  private readonly batch = new RecordBatch();
  private readonly timer = new BatchTimer(() => this.onDue());

  constructor(
    private readonly channels: RecordedChannels,
    private readonly store: JournalStore,
    private readonly options: JournalWriterOptions,
  ) {
    this.bounds = options.bounds ?? WRITER_BOUNDS;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.segmentBytes + this.earlierBytes;
  }

  /** Bytes that all live channels take in a segment, about. */
  get liveBytes(): number {
    const { size, counters } = this.channels;
    const withMessages = size.channels - counters.states.waiting;
    return Math.max(0, size.bytes - MEMORY_PER_CHANNEL * withMessages - MEMORY_PER_MESSAGE * size.messages);
  }

  /**
   * Starts to write a segment that the store has opened, and copies all channels to it.
   *
   * @param earlierBytes bytes of the segments before it
   */
  start(index: number, earlierBytes: number): void {
    this.index = index;
    this.cursors = new SegmentCursors();
    this.earlierBytes = earlierBytes;
    this.segmentBytes = SEGMENT_HEADER;
    this.backlog = new Backlog(this.channels.all());
    this.recording = true;
    this.timer.schedule();
  }

  changed(channel: Channel): void {
    if (this.recording) this.pending.add(channel);
  }

  flushed(): void {
    if (this.pending.size > 0) this.timer.schedule();
  }

  removed(channel: Channel): void {
    if (!this.recording) return;
    this.pending.delete(channel);
    this.backlog?.removed(channel);
    // While messages are copied, an earlier segment may have the channel.
    if (!this.cursors.delete(channel) && !this.backlog) return;
    this.removedIds.push(channel.id);
    this.timer.schedule();
  }

  /**
   * Writes everything, and marks the end of a graceful process. Call `store.close` afterwards. Resolves with false when
   * there was not enough time to copy all channels: then there is no mark, and the next process continues the channels
   * under new epochs.
   */
  async close(): Promise<boolean> {
    const deadline = performance.now() + CLOSE_TIME;
    this.timer.cancel();
    while (this.recording && this.hasMore) {
      this.writeBatch();
      if (!this.backlog) continue;
      if (performance.now() > deadline) break;
      await wait(this.store.waiting > this.bounds.copyQueue ? 1 : 0);
    }
    const isCopied = !this.backlog;
    if (this.recording && isCopied) this.writeMark(RECORD.closed);
    this.recording = false;
    return isCopied;
  }

  /** Writes what is pending, because the process crashes. */
  writePending(): void {
    this.timer.cancel();
    this.backlog = undefined;
    while (this.recording && this.hasMore) this.writeBatch();
    this.recording = false;
  }

  /** Stops writing, because of an error. Channels are kept in memory only. */
  fail(reason: string): void {
    if (!this.recording) return;
    this.recording = false;
    this.timer.cancel();
    this.pending.clear();
    this.cursors = new SegmentCursors();
    this.removedIds = [];
    this.backlog = undefined;
    this.options.onFailed(reason);
  }

  private onDue(): void {
    this.writeBatch();
    if (!this.recording) return;
    if (this.hasMore) this.timer.schedule();
    else if (this.shouldRotate) this.rotate();
  }

  private get hasMore(): boolean {
    return this.pending.size > 0 || this.removedIds.length > 0 || this.backlog !== undefined;
  }

  private get shouldRotate(): boolean {
    const { liveBytes, bounds } = this;
    const atMost = this.options.limits.max_bytes - 1.1 * liveBytes - bounds.batch;
    // A journal that is nearly full must not be copied again and again.
    return this.segmentBytes > Math.max(Math.min(bounds.segment + liveBytes, atMost), 1.5 * liveBytes);
  }

  private rotate(): void {
    const index = this.index + 1;
    void this.store.open(index).catch((error: unknown) => this.fail(errorText(error)));
    this.start(index, this.bytes);
  }

  private writeBatch(): void {
    const { batch } = this;
    batch.clear();
    this.writeRemoved(batch);
    for (const channel of this.pending) {
      if (!this.cursors.write(channel, batch, this.bounds.batch)) break;
      this.pending.delete(channel);
    }
    const isComplete = this.removedIds.length === 0 && this.copyBacklog(batch);
    if (isComplete) batch.mark(RECORD.complete);
    if (!this.post(batch) || !isComplete) return;
    this.store.complete();
    this.earlierBytes = 0;
    this.options.onComplete();
  }

  // Before all other records of a batch: a channel may have been created again under the same id.
  private writeRemoved(batch: RecordBatch): void {
    let count = 0;
    while (count < this.removedIds.length && batch.size < this.bounds.batch)
      batch.removed(this.removedIds[count++]!);
    this.removedIds.splice(0, count);
  }

  private writeMark(type: number): void {
    this.batch.clear();
    this.batch.mark(type);
    this.post(this.batch);
  }

  /** Copies a slice of the older messages. Returns true when the newest segment has become complete. */
  private copyBacklog(batch: RecordBatch): boolean {
    if (!this.backlog || this.store.waiting > this.bounds.copyQueue) return false;
    if (!this.backlog.copy(this.cursors, batch, batch.size + this.bounds.copySlice)) return false;
    this.backlog = undefined;
    return true;
  }

  /** Gives a batch to the store. Returns false when there is no room for it. */
  private post(batch: RecordBatch): boolean {
    if (batch.size === 0) return false;
    const bytes = FRAME_HEADER + batch.size;
    if (this.bytes + bytes > this.options.limits.max_bytes)
      return this.refuse('the journal has reached journal.max_bytes');
    if (this.store.waiting + bytes > this.bounds.queue)
      return this.refuse('the disk does not take the journal fast enough');
    this.segmentBytes += bytes;
    this.store.write(batch.bytes);
    return true;
  }

  private refuse(reason: string): false {
    this.fail(reason);
    return false;
  }
}
