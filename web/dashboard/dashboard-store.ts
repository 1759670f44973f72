import type { ServerSentEvent } from '../../client/event-stream.js';
import type { AdminApi } from './admin-api.js';
import type { ChannelBatch, ChannelRow } from './channel-row.js';
import { ChannelTable, type RowFilter } from './channel-table.js';
import { EventFeed } from './event-feed.js';
import { isLive, type FeedStatus } from './feed-status.js';
import { LogLevel } from './log-level.js';
import { toRows, type MonitorSample } from './monitor-sample.js';
import type { MonitorStatus } from './monitor-status.js';
import { MonitorTime } from './monitor-time.js';
import { OpenChannel } from './open-channel.js';
import { Reload } from './reload.js';
import { PlotHistory } from './plot-history.js';

/** Milliseconds after the last change of the prefix until the monitor is asked. */
const TYPING_PAUSE = 250;
/** Milliseconds until the status is loaded again although no sample shows a change. */
const MAX_AGE = 30_000;

/** Renders the page, at once or later. */
interface Pace {
  readonly dataChanged: () => void;
  readonly inputChanged: () => void;
}

/** The state of the dashboard. Follows the monitor and reports changes to `pace`. */
export class DashboardStore {
  readonly samples = new PlotHistory();
  readonly table = new ChannelTable();
  readonly level: LogLevel;
  readonly feed: EventFeed;
  sample: MonitorSample | undefined;
  status: MonitorStatus | undefined;
  open: OpenChannel | undefined;
  /** The filter of the current stream. Its `state` is set only if the table can't hold all channels. */
  #streamed: RowFilter | undefined;
  readonly #time = new MonitorTime();
  #typing: ReturnType<typeof setTimeout> | undefined;
  readonly #statusReload = new Reload(async () => {
    this.status = await this.#api.status();
    this.#pace.dataChanged();
  }, MAX_AGE);
  readonly #historyReload = new Reload(async () => {
    this.samples.merge(toRows(await this.#api.history()));
    this.#pace.dataChanged();
  });
  readonly #api: AdminApi;
  readonly #pace: Pace;

  constructor(api: AdminApi, pace: Pace) {
    this.#api = api;
    this.#pace = pace;
    this.level = new LogLevel(api, pace.inputChanged);
    const listener = {
      onEvent: (event: ServerSentEvent) => this.#onEvent(event),
      onStatus: (after: FeedStatus, before: FeedStatus) => this.#onFeedStatus(after, before),
    };
    this.feed = new EventFeed(listener, api.authorization);
    this.#stream({ prefix: '', state: undefined });
  }

  /** The monitor sends only channels in one state, so the others can't be counted. */
  get countsOneState(): boolean {
    return this.#streamed?.state !== undefined;
  }

  /** The time by the clock of the monitor; `undefined` without data. Without a connection it stands still. */
  now(): number | undefined {
    return this.#time.now(isLive(this.feed.status, Date.now()));
  }

  setFilter(filter: RowFilter): void {
    const before = this.table.filter;
    this.table.setFilter(filter);
    if (filter.prefix !== before.prefix) this.#streamAfterTyping();
    else if (this.#typing === undefined) this.#streamIfNeeded();
    this.#pace.inputChanged();
  }

  openChannel(id: string): void {
    if (this.open?.id === id) return;
    this.open?.close();
    this.open = new OpenChannel(id, this.#api, this.#pace.dataChanged);
    this.#pace.inputChanged();
  }

  closeChannel(): void {
    this.open?.close();
    this.open = undefined;
    this.#pace.inputChanged();
  }

  #streamAfterTyping(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#typing = undefined;
      this.#streamIfNeeded();
    }, TYPING_PAUSE);
  }

  #streamIfNeeded(): void {
    const { prefix, state } = this.table.filter;
    const { countsOneState } = this;
    const needed = state !== undefined && (this.table.isPartial || countsOneState) ? state : undefined;
    if (prefix === this.#streamed?.prefix && needed === this.#streamed.state) return;
    this.#stream({ prefix, state: needed });
  }

  #stream(filter: RowFilter): void {
    this.#streamed = filter;
    this.feed.open(this.#api.eventsUrl(filter));
  }

  #onEvent({ event, data }: ServerSentEvent): void {
    if (event === 'channels') this.#onChannels(JSON.parse(data) as ChannelBatch);
    else if (event === 'status') this.#onSample(JSON.parse(data) as MonitorSample);
    this.#pace.dataChanged();
  }

  #onChannels(batch: ChannelBatch): void {
    const row = (): ChannelRow | undefined => this.open && this.table.get(this.open.id);
    const before = row();
    this.table.apply(batch);
    if (row() !== before) this.open?.refresh();
    // More channels than the table holds: from now on the monitor filters by state.
    if (this.table.isPartial && this.#typing === undefined) this.#streamIfNeeded();
  }

  #onSample(sample: MonitorSample): void {
    const before = this.sample;
    this.sample = sample;
    this.#time.sampleReceived(sample.time);
    this.level.current = sample.log_level;
    if (this.samples.add(sample)) this.#historyReload.request();
    const changed =
      before?.warnings !== sample.warnings ||
      String(before.limits_reached) !== String(sample.limits_reached) ||
      before.state !== sample.state;
    // The filter hides the open channel, so no event tells its changes.
    if (this.open && !this.open.gone && !this.table.get(this.open.id)) this.open.refresh();
    if (changed) this.#statusReload.request();
    this.#reload();
  }

  #onFeedStatus(after: FeedStatus, before: FeedStatus): void {
    if (after.state === 'live' && before.state !== 'live') {
      // The monitor may have restarted.
      this.#statusReload.request();
      this.#historyReload.request();
    }
    this.#reload();
    this.#pace.dataChanged();
  }

  #reload(): void {
    this.#statusReload.runIfDue();
    this.#historyReload.runIfDue();
  }
}
