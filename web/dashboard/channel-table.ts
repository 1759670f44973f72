import { DEFAULT_ORDER, sortRows, type ChannelOrder } from './channel-order.js';
import { toRow, type ChannelBatch, type ChannelRow, type RowState } from './channel-row.js';

/** Rows that are kept. Of more channels, the monitor sends those that changed last. */
export const MAX_ROWS = 10_000;

/** Milliseconds. A pointer that rests on the table for longer holds nothing. */
const HOLD = 5000;

/** Which channels are shown. */
export interface RowFilter {
  /** The beginning of the id. */
  readonly prefix: string;
  /** `undefined`: all states. */
  readonly state: RowState | undefined;
}

export const NO_FILTER: RowFilter = { prefix: '', state: undefined };

/** The number of rows by state. */
export type StateCounts = Readonly<Record<RowState | 'all', number>>;

/** The rows of the table of channels, filtered and sorted. */
export class ChannelTable {
  /** Number of channels in the monitor that match the filter of the stream. */
  matching = 0;
  /** All rows that the monitor sends first have arrived. */
  loaded = false;
  filter = NO_FILTER;
  order = DEFAULT_ORDER;
  #rows = new Map<string, ChannelRow>();
  /** The rows of a list that is still arriving. The old rows stay until it is complete. */
  #incoming: Map<string, ChannelRow> | undefined;
  #view: readonly ChannelRow[] | undefined;
  #counts: StateCounts = countStates([]);
  #heldUntil = 0;

  /** Number of rows, with any filter. */
  get size(): number {
    return this.#rows.size;
  }

  /** Some channels that match the filter of the stream are not among the rows. */
  get isPartial(): boolean {
    return this.loaded && this.matching > this.#rows.size;
  }

  /** Rows keep their places, so that a pointer or a key meets the row that was there. */
  get isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** Rows keep their places until `release`, or until nobody has called `hold` for a while. */
  hold(): void {
    this.#heldUntil = performance.now() + HOLD;
  }

  release(): void {
    this.#heldUntil = 0;
    this.#view = undefined;
  }

  get(id: string): ChannelRow | undefined {
    return this.#rows.get(id);
  }

  apply(batch: ChannelBatch): void {
    if (batch.reset) this.#startList();
    const rows = this.#incoming ?? this.#rows;
    // First: an id that was removed may be in use again.
    for (const id of batch.removed) rows.delete(id);
    for (const channel of batch.channels) {
      // Deleted first, so that the map is in the order of the changes.
      rows.delete(channel.id);
      rows.set(channel.id, toRow(channel));
    }
    for (const id of rows.keys()) {
      if (rows.size <= MAX_ROWS) break;
      rows.delete(id);
    }
    this.matching = batch.matching;
    if (batch.complete) this.#completeList();
    this.#refresh();
  }

  setFilter(filter: RowFilter): void {
    this.filter = filter;
    this.#view = undefined;
  }

  setOrder(order: ChannelOrder): void {
    this.order = order;
    this.#view = undefined;
  }

  /** The rows to show, in order. */
  view(): readonly ChannelRow[] {
    this.#view ??= this.#sorted();
    return this.#view;
  }

  /** The number of rows by state, without the filter by state. */
  counts(): StateCounts {
    this.view();
    return this.#counts;
  }

  #startList(): void {
    this.loaded = false;
    this.#incoming = new Map();
    // Without old rows, the new ones are shown while they arrive.
    if (this.#rows.size === 0) this.#rows = this.#incoming;
  }

  #completeList(): void {
    this.loaded = true;
    this.#rows = this.#incoming ?? this.#rows;
    this.#incoming = undefined;
  }

  #refresh(): void {
    this.#view = this.isHeld && this.#view ? this.#updated(this.#view) : undefined;
  }

  #sorted(): ChannelRow[] {
    const { prefix, state } = this.filter;
    const rows = [...this.#rows.values()].filter(({ id }) => id.startsWith(prefix));
    this.#counts = countStates(rows);
    return sortRows(
      rows.filter((row) => state === undefined || row.state === state),
      this.order,
    );
  }

  /** The new values of the rows in their old order, and the new rows after them. */
  #updated(old: readonly ChannelRow[]): ChannelRow[] {
    const fresh = new Map(this.#sorted().map((row) => [row.id, row]));
    const kept = old.flatMap(({ id }) => fresh.get(id) ?? []);
    for (const { id } of kept) fresh.delete(id);
    return [...kept, ...fresh.values()];
  }
}

function countStates(rows: readonly ChannelRow[]): StateCounts {
  const counts = { all: rows.length, waiting: 0, running: 0, aborted: 0, failed: 0, finished: 0 };
  for (const { state } of rows) counts[state]++;
  return counts;
}
