import { Injectable } from '@nestjs/common';
import type { ChannelSummary } from '../channels/channel-summary.js';
import type { Channel } from '../channels/channel.js';
import { ChannelsService } from '../channels/channels.service.js';
import type { ChannelFilter } from './channel-filter.js';
import { cursorAfter } from './query-parameters.js';
import { WorkSlices } from './work-slices.js';

/** A page of the list of channels. */
export interface ChannelPage {
  readonly channels: readonly ChannelSummary[];
  /** Channels in memory, whether they match or not. */
  readonly total: number;
  /** The cursor of the next page; `null` when this is the last one. */
  readonly next: string | null;
}

interface PageStart {
  /** The channels of the page have greater ids than this one. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * Lists the channels in pages, by id. A cursor is an id, so channels that come and go move no other channel to another
 * page.
 */
@Injectable()
export class ChannelPages {
  constructor(
    private readonly channels: ChannelsService,
    private readonly slices: WorkSlices,
  ) {}

  async read(filter: ChannelFilter, { cursor = '', limit }: PageStart): Promise<ChannelPage> {
    // One more channel tells that there is a next page.
    const ids = await this.smallestIds(filter, cursor, limit + 1);
    const page = ids.slice(0, limit);
    const last = page.at(-1);
    return {
      channels: page.flatMap((id) => this.summaryOf(id, filter)),
      total: this.channels.size.channels,
      next: last !== undefined && ids.length > limit ? cursorAfter(last) : null,
    };
  }

  /** Looks at all channels, in a memory of twice `count` ids. */
  private async smallestIds(filter: ChannelFilter, after: string, count: number): Promise<string[]> {
    const found = new Set<string>();
    let largest: string | undefined;
    await this.slices.next();
    for (const channel of this.channels.all()) {
      if (isBetween(channel.id, after, largest) && filter.matches(channel)) found.add(channel.id);
      if (found.size >= 2 * count) {
        const kept = smallest(found, count);
        largest = kept.at(-1);
        found.clear();
        for (const id of kept) found.add(id);
      }
      if (this.slices.over) await this.slices.next();
    }
    return smallest(found, count);
  }

  // The channel may have changed since it was found.
  private summaryOf(id: string, filter: ChannelFilter): ChannelSummary[] {
    const channel: Channel | undefined = this.channels.find(id);
    return channel && filter.matches(channel) ? [channel.summary()] : [];
  }
}

function isBetween(id: string, after: string, largest: string | undefined): boolean {
  return id > after && (largest === undefined || id < largest);
}

/** The smallest ids, in the order of their UTF-16 code units. */
function smallest(ids: ReadonlySet<string>, count: number): string[] {
  return [...ids].sort().slice(0, count);
}
