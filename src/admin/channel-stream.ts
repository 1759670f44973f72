import type { Channel } from '../channels/channel.js';
import type { ChannelsService } from '../channels/channels.service.js';
import type { ChannelFilter } from './channel-filter.js';
import type { EventWriter } from './event-writer.js';
import { NewestChannels } from './newest-channels.js';
import type { StatusSample } from './status-sample.js';
import { TRACKED_CHANNELS, TrackedChannels } from './tracked-channels.js';
import type { WorkSlices } from './work-slices.js';

/** Channels in one event. A browser parses them in some milliseconds. */
const CHANNELS_PER_EVENT = 500;

/** Characters that are written at once. */
const PIECE = 32 * 1024;

/** Samples between two comment lines. */
const COMMENT_INTERVAL = 20;

/** One client of `/events`: it gets a snapshot of the channels, then their changes, and each sample of the status. */
export class ChannelStream {
  private readonly tracked: TrackedChannels;
  /** All channels that match; `undefined` if the counters of the channels tell their number. */
  private readonly matching: Set<Channel> | undefined;
  /** The newest sample that is not written yet. */
  private sample: StatusSample | undefined;
  private samples = 0;
  private updateDue = false;
  /** The number of matching channels that the client has. */
  private sentCount = 0;
  private wake: (() => void) | undefined;

  constructor(
    private readonly channels: ChannelsService,
    private readonly filter: ChannelFilter,
    private readonly writer: EventWriter,
    private readonly slices: WorkSlices,
  ) {
    this.tracked = new TrackedChannels(filter);
    this.matching = filter.countFrom(channels.counters) === undefined ? new Set() : undefined;
  }

  /** Sends the snapshot, then all that follows. Resolves when the stream is closed. */
  async run(): Promise<void> {
    await this.collect();
    await this.sendChanged({ reset: true });
    while (!this.writer.closed) {
      await this.writeSample();
      if (this.updateDue) await this.sendChanged({ reset: false });
      else if (!this.sample) await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** A channel was added or has changed. The client gets it with the next update. */
  change(channel: Channel): void {
    this.count(channel);
    this.tracked.change(channel);
  }

  /** A channel was removed. The client gets its id with the next update. */
  remove(channel: Channel): void {
    this.matching?.delete(channel);
    this.tracked.remove(channel.id);
  }

  /** Sends the changes, as soon as the client can take them. */
  update(): void {
    this.tracked.trim();
    this.updateDue = this.tracked.hasNews || this.matchingCount !== this.sentCount;
    if (this.updateDue) this.resume();
  }

  /** Sends a sample, as soon as the client can take it. A newer sample replaces it. */
  status(sample: StatusSample): void {
    this.sample = sample;
    this.resume();
  }

  /** Ends the stream. */
  close(): void {
    this.writer.close();
    this.resume();
  }

  private get matchingCount(): number {
    return this.filter.countFrom(this.channels.counters) ?? this.matching?.size ?? 0;
  }

  /** The stream may be closed, or may have something to send. */
  private resume(): void {
    this.wake?.();
    this.wake = undefined;
  }

  /** Looks at all channels. Those that change in the meantime come through `change`. */
  private async collect(): Promise<void> {
    const newest = new NewestChannels(TRACKED_CHANNELS);
    await this.slices.next();
    for (const channel of this.channels.all()) {
      if (this.writer.closed) return;
      this.count(channel);
      if (this.filter.matches(channel)) newest.add(channel);
      if (this.slices.over) await this.slices.next();
    }
    await this.slices.next();
    this.tracked.addOlder(newest.take().filter((channel) => this.channels.find(channel.id) === channel));
  }

  private count(channel: Channel): void {
    if (this.filter.matches(channel)) this.matching?.add(channel);
    else this.matching?.delete(channel);
  }

  /** Sends the channels that the client lacks, in several events. With `reset`, the client has none of them. */
  private async sendChanged({ reset }: { readonly reset: boolean }): Promise<void> {
    if (!reset) this.updateDue = false;
    const ids = this.tracked.changedIds();
    let sent = 0;
    do {
      const next = ids.slice(sent, sent + CHANNELS_PER_EVENT);
      const isFirst = sent === 0;
      sent += next.length;
      await this.sendChannels(next, reset && isFirst, sent === ids.length);
      await this.writeSample();
    } while (sent < ids.length && !this.writer.closed);
  }

  private async sendChannels(ids: readonly string[], reset: boolean, complete: boolean): Promise<void> {
    await this.writer.write(`event: channels\ndata: {"reset":${reset},"removed":[`);
    await this.writeItems(this.tracked.takeGone(), (id) => JSON.stringify(id));
    await this.writer.write(`],"channels":[`);
    await this.writeItems(ids, (id) => {
      const channel = this.tracked.take(id);
      return channel && JSON.stringify(channel.summary());
    });
    this.sentCount = this.matchingCount;
    await this.writer.write(`],"matching":${this.sentCount},"complete":${complete}}\n\n`);
  }

  private async writeItems(
    ids: readonly string[],
    toJson: (id: string) => string | undefined,
  ): Promise<void> {
    let separator = '';
    let piece = '';
    await this.slices.next();
    for (const id of ids) {
      if (this.writer.closed) return;
      const json = toJson(id);
      if (json === undefined) continue;
      piece += separator + json;
      separator = ',';
      if (piece.length >= PIECE) {
        await this.writer.write(piece);
        piece = '';
      }
      if (this.slices.over) await this.slices.next();
    }
    await this.writer.write(piece);
  }

  private async writeSample(): Promise<void> {
    const { sample } = this;
    if (!sample) return;
    this.sample = undefined;
    const comment = ++this.samples % COMMENT_INTERVAL === 0 ? ':\n\n' : '';
    await this.writer.write(`${comment}event: status\ndata: ${JSON.stringify(sample)}\n\n`);
  }
}
