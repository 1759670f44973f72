import type { ChannelsService } from '../channels/channels.service.js';
import type { ProducerStamp } from '../channels/producers.js';
import type { RemovalReason } from '../channels/sink.js';
import type { EntriesRecord, LogStartRecord, RecordVisitor } from '../records/records.js';

/** The channels that follow. */
export type FollowingChannels = Pick<ChannelsService, 'all' | 'caughtUp' | 'find' | 'followed'>;

/** A log of the segment. */
interface FollowedLog {
  readonly id: string;
  readonly epoch: string;
  summarizedTo: number;
}

/** Applies the records of the stream to the channels of this process. */
export class ChannelFollower implements RecordVisitor {
  /** Messages that were applied. */
  messages = 0;
  /** A whole segment was applied. Later segments repeat channels that are known. */
  isComplete = false;
  private logs = new Map<number, FollowedLog>();
  private refs = new Map<string, number>();
  private receivedAt = 0;

  constructor(private readonly channels: FollowingChannels) {}

  /** @param receivedAt when the records that follow were received; ms of `performance.now` */
  receive(receivedAt: number): void {
    this.receivedAt = receivedAt;
  }

  segment(): void {
    this.logs = new Map();
    this.refs = new Map();
  }

  log(ref: number, { id, epoch, seq, endSeq, snapshot }: LogStartRecord): void {
    const summarizedTo = this.channels.followed.startLog({ channelId: id, epoch, seq }, endSeq, snapshot);
    const former = this.refs.get(id);
    if (former !== undefined) this.logs.delete(former);
    this.refs.set(id, ref);
    this.logs.set(ref, { id, epoch, summarizedTo });
  }

  entries(ref: number, record: EntriesRecord): void {
    const log = this.logOf(ref);
    const channel = this.channels.find(log.id);
    // The channel may have been removed because of an unexpected error.
    if (channel?.epoch !== log.epoch || record.seq > channel.endSeq)
      log.summarizedTo = this.channels.followed.startLog(
        { channelId: log.id, epoch: log.epoch, seq: record.seq },
        record.seq,
      );
    this.channels.followed.addMessages(
      log.id,
      { ...record, summarizedTo: log.summarizedTo },
      this.receivedAt,
    );
    this.messages += record.times.length;
  }

  producers(ref: number, stamps: readonly ProducerStamp[]): void {
    this.channels.followed.addRequests(this.logOf(ref).id, stamps);
  }

  removed(id: string, reason?: RemovalReason): void {
    const ref = this.refs.get(id);
    if (ref !== undefined) this.logs.delete(ref);
    this.refs.delete(id);
    this.channels.followed.remove(id, reason);
  }

  complete(): void {
    this.isComplete = true;
    for (const channel of this.channels.all())
      if (channel.retained > 0 && !this.refs.has(channel.id))
        this.channels.followed.remove(channel.id, 'evicted');
  }

  closed(): void {}

  private logOf(ref: number): FollowedLog {
    const log = this.logs.get(ref);
    if (!log) throw new RangeError(`Messages of a log ${ref} that has not started`);
    return log;
  }
}
