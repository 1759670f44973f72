import type { ServerResponse } from 'node:http';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { ChannelObserver } from '../channels/channel-observer.js';
import type { Channel } from '../channels/channel.js';
import { ChannelsService } from '../channels/channels.service.js';
import { limitsConfig } from '../config/namespaces.js';
import type { ChannelFilter } from './channel-filter.js';
import { ChannelStream } from './channel-stream.js';
import { EventWriter } from './event-writer.js';
import { StatusSampler } from './status-sampler.js';
import { WorkSlices } from './work-slices.js';

/** Streams that are open at a time. */
export const MAX_STREAMS = 10;

/** Milliseconds between two updates. */
const UPDATE_INTERVAL = 500;

/** All clients of `/events`. Collects the changes of the channels while there is a client. */
@Injectable()
export class ChannelFeed implements ChannelObserver {
  private readonly logger = new Logger(ChannelFeed.name);
  private readonly streams = new Set<ChannelStream>();
  /** Channels that have changed since the last update. */
  private readonly pending = new Set<Channel>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: Pick<ConfigType<typeof limitsConfig>, 'lag'>,
    private readonly channels: ChannelsService,
    @Inject(StatusSampler) private readonly sampler: Pick<StatusSampler, 'latest' | 'onSample'>,
    private readonly slices: WorkSlices,
  ) {
    sampler.onSample((sample) => {
      for (const stream of this.streams) stream.status(sample);
    });
  }

  /** Another stream can be opened. False during a shutdown. */
  get hasRoom(): boolean {
    return !this.closed && this.streams.size < MAX_STREAMS;
  }

  /** Opens a stream. Call this only when there is room. */
  open(filter: ChannelFilter, response: ServerResponse): void {
    const writer = new EventWriter(response, this.limits.lag, () => this.remove(stream));
    const stream = new ChannelStream(this.channels, filter, writer, this.slices);
    this.streams.add(stream);
    this.channels.observe(this);
    stream.status(this.sampler.latest);
    stream.run().catch((error: unknown) => {
      this.report(error);
      response.destroy();
    });
  }

  /** Ends all streams, for a shutdown. */
  closeAll(): void {
    this.closed = true;
    for (const stream of this.streams) stream.close();
  }

  changed(channel: Channel): void {
    this.pending.add(channel);
    this.schedule();
  }

  audienceChanged(channel: Channel): void {
    this.changed(channel);
  }

  removed(channel: Channel): void {
    this.pending.delete(channel);
    for (const stream of this.streams) stream.remove(channel);
    this.schedule();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.update().catch(this.report), UPDATE_INTERVAL).unref();
  }

  private async update(): Promise<void> {
    let left = this.pending.size;
    await this.slices.next();
    // Channels that change in the meantime come at the end of the set. They belong to the next update.
    for (const channel of this.pending) {
      if (left-- === 0) break;
      this.pending.delete(channel);
      // A subscription may have ended in the turn in which it began, and have left no channel.
      if (this.channels.find(channel.id) === channel)
        for (const stream of this.streams) stream.change(channel);
      if (this.slices.over) await this.slices.next();
    }
    for (const stream of this.streams) stream.update();
    this.timer = undefined;
    if (this.pending.size > 0) this.schedule();
  }

  private readonly report = (error: unknown): void => {
    this.logger.error({ message: 'Sending events to an operator failed', error });
  };

  private remove(stream: ChannelStream): void {
    stream.close();
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    this.channels.unobserve(this);
    this.pending.clear();
  }
}
