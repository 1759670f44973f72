import type { Channel } from '../channels/channel.js';
import type { ChannelObserver } from '../channels/channel-observer.js';
import type { RemovalReason } from '../channels/sink.js';
import { Backlog } from '../records/backlog.js';
import { RecordBatch } from '../records/record-batch.js';
import { RECORD } from '../records/records.js';
import { SegmentCursors } from '../records/segment-cursors.js';

/** The bounds of a `StreamWriter`. */
export interface StreamBounds {
  /** Bytes after which an entry ends; the rest follows in the next entry. */
  readonly entry: number;
  /** Bytes of older messages that are copied to a new segment in one turn. */
  readonly copySlice: number;
  /** No older message is copied while more bytes than this wait for Redis. */
  readonly copyQueue: number;
  /** A segment is replaced when it has this size beside the bytes of all channels. */
  readonly segment: number;
  /** Removals that wait for Redis while a segment is copied. Beyond it, the end of the segment removes the channels. */
  readonly removals: number;
}

const STREAM_BOUNDS: StreamBounds = {
  entry: 1024 * 1024,
  // About 3 ms of work.
  copySlice: 128 * 1024,
  copyQueue: 8 * 1024 * 1024,
  segment: 64 * 1024 * 1024,
  removals: 100_000,
};

/** All channels, and the memory that they take. */
export interface WrittenChannels {
  all(): IterableIterator<Channel>;
  readonly size: { readonly bytes: number };
}

/** Where entries go. */
export interface EntryQueue {
  /** Bytes that wait for Redis. */
  readonly bytes: number;
  /** There is room for an entry. */
  readonly hasRoom: boolean;
  /** Adds an entry. Returns its id. */
  push(records: Buffer, trimTo?: string): string;
  /** All changes up to now were pushed, as far as there was room. */
  written(): void;
}

/**
 * Writes channels to the stream. Like a subscriber, it has a cursor for each channel. Each flush adds what lies between the
 * cursor and the end of the log. While the queue has no room, messages wait in their logs. A segment repeats every channel, so
 * that everything before it can be trimmed.
 */
export class StreamWriter implements ChannelObserver {
  /** Messages that left their logs before there was room for them: clients of other processes never get them. */
  private missed = 0;
  private trimmedBefore = 0;
  private segmentBytes = 0;
  private segmentStart = '';
  private cursors = new SegmentCursors();
  private readonly pending = new Set<Channel>();
  private removals: { readonly id: string; readonly reason: RemovalReason | undefined }[] = [];
  /** The channels that the segment may lack. `undefined`: it contains every channel. */
  private backlog: Backlog | undefined;
  private readonly batch = new RecordBatch();
  private writeScheduled: NodeJS.Immediate | undefined;

  constructor(
    private readonly channels: WrittenChannels,
    private readonly queue: EntryQueue,
    private readonly bounds = STREAM_BOUNDS,
  ) {}

  /** Messages that clients of other processes never get. */
  get lost(): number {
    return this.missed + this.trimmedBefore + this.cursors.trimmed;
  }

  /** Every change was given to the queue. */
  get isWritten(): boolean {
    return !this.hasNews;
  }

  /** The id of the entry that starts the segment. */
  get segment(): string {
    return this.segmentStart;
  }

  /** Starts a segment after an entry with the record `segment`. */
  start(segmentStart: string): void {
    this.cursors.countTrimmed();
    this.trimmedBefore += this.cursors.trimmed;
    this.cursors = new SegmentCursors();
    this.segmentStart = segmentStart;
    this.segmentBytes = 0;
    this.pending.clear();
    this.removals = [];
    this.backlog = new Backlog(this.channels.all());
    this.schedule();
  }

  changed(channel: Channel): void {
    this.pending.add(channel);
  }

  flushed(): void {
    this.write();
  }

  discarding(channel: Channel, cause: 'trimmed' | 'replaced'): void {
    if (this.queue.hasRoom) this.writeNow(channel);
    else if (cause === 'replaced') this.missed += this.cursors.missing(channel);
  }

  removed(channel: Channel, reason?: RemovalReason): void {
    if (this.pending.delete(channel)) {
      if (this.queue.hasRoom) this.writeNow(channel);
      else this.missed += this.cursors.missing(channel);
    }
    this.backlog?.removed(channel);
    // While channels are copied, an earlier segment may have the channel.
    const isKnown = this.cursors.delete(channel);
    if (!isKnown && (!this.backlog || this.removals.length >= this.bounds.removals)) return;
    this.removals.push({ id: channel.id, reason });
    this.schedule();
  }

  /** Writes what there is room for. */
  write(): void {
    clearImmediate(this.writeScheduled);
    this.writeScheduled = undefined;
    while (this.hasNews && this.queue.hasRoom) this.writeNews();
    if (!this.hasNews) this.writeOlder();
    this.queue.written();
  }

  stop(): void {
    clearImmediate(this.writeScheduled);
  }

  private get hasNews(): boolean {
    return this.pending.size > 0 || this.removals.length > 0;
  }

  private schedule(): void {
    this.writeScheduled ??= setImmediate(() => this.write());
  }

  private writeNews(): void {
    const { batch } = this;
    batch.clear();
    this.addRemovals(this.bounds.entry);
    for (const channel of this.pending) {
      if (!this.cursors.write(channel, batch, this.bounds.entry)) break;
      this.pending.delete(channel);
    }
    this.push();
  }

  /** Writes one channel before the others, because its messages are about to leave their log. */
  private writeNow(channel: Channel): void {
    this.batch.clear();
    this.addRemovals(Infinity);
    while (!this.cursors.write(channel, this.batch, Infinity));
    this.push();
  }

  /** Comes before messages, because a channel may have been created again under the same id. */
  private addRemovals(end: number): void {
    let count = 0;
    while (count < this.removals.length && this.batch.size < end) {
      const { id, reason } = this.removals[count++]!;
      this.batch.removed(id, reason);
    }
    this.removals.splice(0, count);
  }

  private writeOlder(): void {
    this.copyBacklog();
    if (!this.backlog && this.segmentBytes > this.bounds.segment + this.channels.size.bytes) this.rotate();
  }

  /** Copies a slice of the older messages. */
  private copyBacklog(): void {
    if (!this.backlog || !this.queue.hasRoom || this.queue.bytes > this.bounds.copyQueue) return;
    const { batch } = this;
    batch.clear();
    if (this.backlog.copy(this.cursors, batch, this.bounds.copySlice)) this.backlog = undefined;
    if (!this.backlog) batch.mark(RECORD.complete);
    // All before the segment is no longer needed.
    this.push(this.backlog ? undefined : this.segmentStart);
    if (this.backlog) this.schedule();
  }

  /** Starts another segment. */
  rotate(): void {
    this.batch.clear();
    this.batch.mark(RECORD.segment);
    this.start(this.push()!);
  }

  private push(trimTo?: string): string | undefined {
    if (this.batch.size === 0) return undefined;
    this.segmentBytes += this.batch.size;
    // A copy, because the batch is used again.
    return this.queue.push(Buffer.from(this.batch.bytes), trimTo);
  }
}
