import type { StatusSample } from './status-sample.js';

/** The numbers of a sample that the history keeps. */
const COLUMNS = [
  'time',
  'messages',
  'deliveries',
  'delivered_bytes',
  'connections',
  'channels',
  'retained_bytes',
  'latency_p50',
  'latency_p99',
  'event_loop_p99',
  'event_loop_max',
  'cpu',
  'rss',
  'broker_peers',
  'warnings',
] as const satisfies readonly (keyof StatusSample)[];

type HistoryColumn = (typeof COLUMNS)[number];

/** Samples that are kept: 15 minutes at one per second. */
const CAPACITY = 900;

/** The newest samples, as a ring of numbers. `NaN` stands for `null`. */
export class SampleHistory {
  private readonly columns = COLUMNS.map((name) => ({ name, values: new Float64Array(CAPACITY) }));
  private added = 0;

  add(sample: StatusSample): void {
    const place = this.added++ % CAPACITY;
    for (const { name, values } of this.columns) values[place] = sample[name] ?? NaN;
  }

  /** The samples as columns, the oldest first. */
  read(): Record<HistoryColumn, (number | null)[]> {
    const length = Math.min(this.added, CAPACITY);
    const first = this.added - length;
    const entries = this.columns.map(({ name, values }) => [
      name,
      Array.from({ length }, (_, index) => numberOrNull(values[(first + index) % CAPACITY]!)),
    ]);
    return Object.fromEntries(entries) as Record<HistoryColumn, (number | null)[]>;
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
