import type { Histogram } from '../channels/histogram.js';

/** Reads quantiles of the values that a histogram got since the previous reading. */
export class HistogramWindow {
  private previous: readonly number[];

  constructor(private readonly histogram: Histogram) {
    this.previous = [...histogram.counts];
  }

  /** The quantiles, each from 0 to 1, interpolated in their buckets; `null` for each when there was no value. */
  take(...quantiles: readonly number[]): (number | null)[] {
    const counts = this.histogram.counts.map((count, bucket) => count - this.previous[bucket]!);
    this.previous = [...this.histogram.counts];
    const total = counts.reduce((sum, count) => sum + count, 0);
    return quantiles.map((quantile) => (total === 0 ? null : this.valueAt(quantile * total, counts)));
  }

  private valueAt(rank: number, counts: readonly number[]): number {
    const { bounds } = this.histogram;
    let below = 0;
    for (const [bucket, bound] of bounds.entries()) {
      const count = counts[bucket]!;
      const lower = bounds[bucket - 1] ?? 0;
      if (count > 0 && below + count >= rank) return lower + ((bound - lower) * (rank - below)) / count;
      below += count;
    }
    // The last bucket has no upper bound.
    return bounds.at(-1) ?? 0;
  }
}
