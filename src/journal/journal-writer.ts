import { setTimeout as wait } from 'node:timers/promises';
import { CHANNEL_OVERHEAD, type Channel } from '../channels/channel.js';
import type { ChannelRecorder } from '../channels/channel-recorder.js';
import { errorText } from '../text/error-text.js';
import type { JournalStore } from './journal-store.js';
import { FRAME_HEADER } from './frame.js';
import { RecordBatch } from './record-batch.js';
import { RECORD } from './records.js';
import { SEGMENT_HEADER } from './segment-header.js';

/** Milliseconds between two batches: fewer batches cost less, and a crash loses as much. */
const BATCH_INTERVAL = 5;

/** Bytes of a batch above which the rest waits for the next turn of the event loop. */
const LARGEST_BATCH = 1024 * 1024;

/** Bytes of older messages that are copied to a new segment in one turn: about 3 ms of work. */
const COPY_SLICE = 128 * 1024;

/** Bytes that may wait for the disk while older messages are copied. */
const COPY_QUEUE = 8 * 1024 * 1024;

/** Bytes that may wait for the disk. Above this limit the disk counts as failed. */
const QUEUE = 64 * 1024 * 1024;

/** Milliseconds that `close` may take to copy channels to the newest segment. */
const CLOSE_TIME = 3000;

/** Bytes of a segment from which it is replaced, beside the bytes of all live channels. */
const SEGMENT = 64 * 1024 * 1024;

/** Bytes that channels and messages take in memory, but not in a segment. */
const MEMORY_PER_CHANNEL = CHANNEL_OVERHEAD - 100;
const MEMORY_PER_MESSAGE = 16;

/** What the newest segment has of a channel. */
interface JournalCursor {
  /** Identifies the log in the segment. */
  readonly ref: number;
  readonly epoch: string;
  /** The first message that is not written. */
  seq: number;
}

/** All channels, and the bytes that they take in a journal. */
export interface RecordedChannels {
  all(): IterableIterator<Channel>;
  readonly size: { readonly channels: number; readonly messages: number; readonly bytes: number };
  /** `waiting`: channels without a message, which take no bytes. */
  readonly counters: { readonly states: { readonly waiting: number } };
}

/** The result of writing a journal. */
export interface JournalWriterHooks {
  /** The newest segment contains every channel. */
  onComplete(): void;
  /** The journal is not written until the next `start`. */
  onFailed(reason: string): void;
}

/**
 * Writes channels to a journal. Like a subscriber, it has a cursor for each channel and no queue of messages. Each flush
 * adds what lies between the cursor and the end of the log. A new segment starts all cursors again: older messages are
 * copied to it in slices.
 */
export class JournalWriter implements ChannelRecorder {
  /** Bytes of the newest segment. */
  segmentBytes = 0;
  /** Bytes of earlier segments, which are removed when the newest contains every channel. */
  earlierBytes = 0;
  private index = 0;
  private ref = 0;
  private recording = false;
  /** The channels in the newest segment. */
  private cursors = new Map<Channel, JournalCursor>();
  private readonly pending = new Set<Channel>();
  private removedIds: string[] = [];
  /** The channels that the newest segment may lack. `undefined`: it contains every channel. */
  private backlog: IterableIterator<Channel> | undefined;
  private copied: Channel | undefined;
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  private lastBatchAt = 0;

  constructor(
    private readonly channels: RecordedChannels,
    private readonly store: JournalStore,
    private readonly limits: { readonly max_bytes: number },
    private readonly hooks: JournalWriterHooks,
  ) {}

  /** Bytes of all segments. */
  get bytes(): number {
    return this.segmentBytes + this.earlierBytes;
  }

  /** The newest segment contains every channel. */
  get isComplete(): boolean {
    return this.recording && !this.backlog;
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
    this.ref = 0;
    this.cursors = new Map();
    this.removedIds = [];
    this.earlierBytes = earlierBytes;
    this.segmentBytes = SEGMENT_HEADER;
    this.backlog = this.channels.all();
    this.copied = undefined;
    this.recording = true;
    this.schedule();
  }

  appended(channel: Channel): void {
    if (this.recording) this.pending.add(channel);
  }

  flushed(): void {
    if (this.pending.size > 0) this.schedule();
  }

  removed(channel: Channel): void {
    if (!this.recording) return;
    this.pending.delete(channel);
    if (this.copied === channel) this.copied = undefined;
    // While messages are copied, an earlier segment may have the channel.
    if (!this.cursors.delete(channel) && !this.backlog) return;
    this.removedIds.push(channel.id);
    this.schedule();
  }

  /**
   * Writes everything, and marks the end of a graceful process. Call `store.close` afterwards. Without enough time to
   * copy all channels there is no mark, and the next process continues them under new epochs.
   */
  async close(): Promise<void> {
    const deadline = performance.now() + CLOSE_TIME;
    this.cancel();
    while (this.recording && this.hasMore) {
      this.writeBatch();
      if (!this.backlog) continue;
      if (performance.now() > deadline) break;
      await wait(this.store.waiting > COPY_QUEUE ? 1 : 0);
    }
    if (this.recording && !this.backlog) this.writeMark(RECORD.closed);
    this.recording = false;
  }

  /** Writes what is pending, because the process crashes. */
  writePending(): void {
    this.cancel();
    this.backlog = undefined;
    while (this.recording && this.hasMore) this.writeBatch();
    this.recording = false;
  }

  /** Stops writing, because of an error. Channels are kept in memory only. */
  fail(reason: string): void {
    if (!this.recording) return;
    this.recording = false;
    this.cancel();
    this.pending.clear();
    this.cursors.clear();
    this.removedIds = [];
    this.backlog = this.copied = undefined;
    this.hooks.onFailed(reason);
  }

  private schedule(): void {
    if (this.timer || !this.recording) return;
    const wait = this.lastBatchAt + BATCH_INTERVAL - performance.now();
    this.timer = wait > 0 ? setTimeout(this.onTimer, wait) : setImmediate(this.onTimer);
  }

  private cancel(): void {
    clearTimeout(this.timer as NodeJS.Timeout | undefined);
    clearImmediate(this.timer as NodeJS.Immediate | undefined);
    this.timer = undefined;
  }

  private readonly onTimer = (): void => {
    this.timer = undefined;
    this.writeBatch();
    if (this.hasMore) this.schedule();
    else if (this.shouldRotate) this.rotate();
  };

  private get hasMore(): boolean {
    return this.pending.size > 0 || this.removedIds.length > 0 || this.backlog !== undefined;
  }

  private get shouldRotate(): boolean {
    const { liveBytes } = this;
    const limit = Math.min(SEGMENT + liveBytes, this.limits.max_bytes - 1.1 * liveBytes - LARGEST_BATCH);
    // A journal that is nearly full must not be copied again and again.
    return this.recording && this.segmentBytes > Math.max(limit, 1.5 * liveBytes);
  }

  private rotate(): void {
    const index = this.index + 1;
    void this.store.open(index).catch((error: unknown) => this.fail(errorText(error)));
    this.start(index, this.bytes);
  }

  private writeBatch(): void {
    this.lastBatchAt = performance.now();
    const batch = new RecordBatch();
    this.writeRemoved(batch);
    for (const channel of this.pending) {
      if (!this.write(channel, batch, LARGEST_BATCH)) break;
      this.pending.delete(channel);
    }
    const isComplete = this.removedIds.length === 0 && this.copyBacklog(batch);
    if (isComplete) batch.mark(RECORD.complete);
    if (!this.post(batch) || !isComplete) return;
    this.store.complete();
    this.earlierBytes = 0;
    this.hooks.onComplete();
  }

  // Before all other records of a batch: a channel may have been created again under the same id.
  private writeRemoved(batch: RecordBatch): void {
    let count = 0;
    while (count < this.removedIds.length && batch.size < LARGEST_BATCH)
      batch.removed(this.removedIds[count++]!);
    this.removedIds.splice(0, count);
  }

  private writeMark(type: number): void {
    const batch = new RecordBatch();
    batch.mark(type);
    this.post(batch);
  }

  /** Copies a slice of the older messages. Returns true when the newest segment has become complete. */
  private copyBacklog(batch: RecordBatch): boolean {
    if (!this.backlog || this.store.waiting > COPY_QUEUE) return false;
    const end = batch.size + COPY_SLICE;
    while (batch.size < end) {
      if (!this.copied) {
        const next = this.backlog.next();
        if (next.done) {
          this.backlog = undefined;
          return true;
        }
        this.copied = next.value;
      }
      if (!this.write(this.copied, batch, end)) return false;
      this.copied = undefined;
    }
    return false;
  }

  /** Adds the messages that the newest segment lacks. Returns false when the batch has reached `end` bytes before. */
  private write(channel: Channel, batch: RecordBatch, end: number): boolean {
    if (channel.retained === 0) return true;
    if (batch.size >= end) return false;
    const cursor = this.cursorOf(channel, batch);
    while (cursor.seq < channel.endSeq) {
      if (batch.size >= end) return false;
      const { bytes, endSeq } = channel.readStored(cursor.seq);
      batch.entries(cursor.ref, cursor.seq, endSeq, (seq) => channel.timeOf(seq), bytes);
      cursor.seq = endSeq;
    }
    return true;
  }

  private cursorOf(channel: Channel, batch: RecordBatch): JournalCursor {
    const { id, epoch, startSeq, endSeq } = channel;
    const known = this.cursors.get(channel);
    // The log is another one, or has been trimmed before its messages were written.
    if (known && known.epoch === epoch && known.seq >= startSeq) return known;
    const cursor = { ref: this.ref++, epoch, seq: startSeq };
    const snapshot = channel.snapshot();
    // The summary of a whole log follows from its messages.
    const isWhole = startSeq === 1 && snapshot.predecessors.length === 0;
    const record = { id, epoch, seq: startSeq, endSeq };
    batch.log(cursor.ref, isWhole ? record : { ...record, snapshot });
    this.cursors.set(channel, cursor);
    return cursor;
  }

  /** Gives a batch to the store. Returns false when there is no room for it. */
  private post(batch: RecordBatch): boolean {
    if (batch.size === 0) return false;
    const bytes = FRAME_HEADER + batch.size;
    if (this.bytes + bytes > this.limits.max_bytes)
      return this.refuse('the journal has reached journal.max_bytes');
    if (this.store.waiting + bytes > QUEUE)
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
