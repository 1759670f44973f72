import type { Channel } from '../channels/channel.js';
import type { ChannelsService, RestoredChannel } from '../channels/channels.service.js';
import { LogVersions } from './log-versions.js';
import type { RecordVisitor } from '../records/records.js';

/** The channels of `ChannelsService` that a journal needs to restore them. */
export type RestoringChannels = Pick<ChannelsService, 'createRestored' | 'adopt' | 'continueUnderNewEpoch'>;

/** Rebuilds channels from the records of a journal. */
export class ChannelRestorer {
  private readonly versions: LogVersions<Channel>;

  constructor(private readonly service: RestoringChannels) {
    this.versions = new LogVersions(({ id, epoch, seq, snapshot }) =>
      service.createRestored({ channelId: id, epoch, seq }, snapshot),
    );
  }

  /** See `LogVersions.isClosed`. */
  get isClosed(): boolean {
    return this.versions.isClosed;
  }

  /** A visitor for the records of the next segment. */
  segment(): RecordVisitor {
    return this.versions.segment();
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
    for (const { log: channel, producers } of this.versions.logs()) {
      // A clock that was set back must not prolong the retention.
      const age = Math.max(0, settings.now - (channel.updatedAt ?? 0));
      const seconds = channel.finished ? settings.retention.finished : settings.retention.idle;
      if (channel.empty || age >= seconds * 1000) continue;
      // No message can follow FINISHED in its epoch, so no number can come back.
      if (!settings.isGraceful && !channel.finished) this.service.continueUnderNewEpoch(channel);
      for (const stamp of producers) channel.recordProducer(stamp);
      messages += channel.retained;
      restored.push({ channel, age });
    }
    restored.sort((a, b) => b.age - a.age);
    this.service.adopt(restored);
    return { channels: restored.length, messages };
  }
}
