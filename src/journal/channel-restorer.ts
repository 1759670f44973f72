import type { Channel } from '../channels/channel.js';
import type { ChannelsService, RestoredChannel } from '../channels/channels.service.js';
import type { EntriesRecord, LogStartRecord, RecordVisitor } from './records.js';

/** A channel while its records are read. */
interface PartialChannel {
  readonly channel: Channel;
  /** The number up to which the messages must follow; see `LogStartRecord.endSeq`. */
  readonly endSeq: number;
  /** The summary contains the messages before this number. */
  readonly summarizedTo: number;
  /** The version of an earlier segment, until this one has all its messages. */
  earlier: PartialChannel | undefined;
}

/** The channels of `ChannelsService` that a journal needs to restore them. */
export type RestoringChannels = Pick<ChannelsService, 'createRestored' | 'adopt' | 'continueUnderNewEpoch'>;

/** Rebuilds channels from the records of a journal. */
export class ChannelRestorer {
  private closed = false;
  private readonly channels = new Map<string, PartialChannel>();

  constructor(private readonly service: RestoringChannels) {}

  /** Whether nothing is missing: the last segment contains every channel, and its process ended gracefully. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** A visitor for the records of the next segment. */
  segment(): RecordVisitor {
    this.closed = false;
    let complete = false;
    const byRef = new Map<number, PartialChannel>();
    return {
      log: (ref, record) => void byRef.set(ref, this.startLog(record)),
      entries: (ref, record) => append(byRef.get(ref), record),
      removed: (id) => void this.channels.delete(id),
      complete: () => {
        complete = true;
        this.keepOnly(new Set(byRef.values()));
      },
      closed: () => void (this.closed = complete),
    };
  }

  /**
   * Adds the channels to the service, except for those that expired in the meantime. Returns their number and the
   * number of their messages.
   *
   * @param settings `isGraceful`: the journal contains every message that clients have seen. Otherwise each unfinished
   *   channel continues under a new epoch.
   */
  finish(settings: {
    readonly isGraceful: boolean;
    readonly now: number;
    /** Seconds. */
    readonly retention: { readonly finished: number; readonly idle: number };
  }): { channels: number; messages: number } {
    const restored: RestoredChannel[] = [];
    let messages = 0;
    for (const partial of this.channels.values()) {
      const channel = restoredVersion(partial);
      // A clock that was set back must not prolong the retention.
      const age = Math.max(0, settings.now - (channel.updatedAt ?? 0));
      const seconds = channel.finished ? settings.retention.finished : settings.retention.idle;
      if (channel.empty || age >= seconds * 1000) continue;
      // No message can follow FINISHED in its epoch, so no number can come back.
      if (!settings.isGraceful && !channel.finished) this.service.continueUnderNewEpoch(channel);
      messages += channel.retained;
      restored.push({ channel, age });
    }
    this.channels.clear();
    restored.sort((a, b) => b.age - a.age);
    this.service.adopt(restored);
    return { channels: restored.length, messages };
  }

  private startLog({ id, epoch, seq, endSeq, snapshot }: LogStartRecord): PartialChannel {
    const channel = this.service.createRestored({ channelId: id, epoch, seq }, snapshot);
    const partial = { channel, endSeq, summarizedTo: snapshot ? endSeq : 0, earlier: this.channels.get(id) };
    this.channels.set(id, partial);
    return partial;
  }

  /** The segment contains every channel: others were removed while it was written. */
  private keepOnly(known: ReadonlySet<PartialChannel>): void {
    for (const [id, partial] of this.channels) if (!known.has(partial)) this.channels.delete(id);
  }
}

function append(partial: PartialChannel | undefined, { seq, times, bytes }: EntriesRecord): void {
  if (!partial || seq !== partial.channel.endSeq) return;
  partial.channel.restore(bytes, times, partial.summarizedTo);
  if (partial.channel.endSeq >= partial.endSeq) partial.earlier = undefined;
}

/** The newest version that has all its messages; else the newest one, with the messages that it has. */
function restoredVersion(newest: PartialChannel): Channel {
  for (let version: PartialChannel | undefined = newest; version; version = version.earlier)
    if (version.channel.endSeq >= version.endSeq) return version.channel;
  newest.channel.summarizeAgain();
  return newest.channel;
}
