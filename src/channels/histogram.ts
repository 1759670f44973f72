/** Counts values in buckets. It holds plain numbers, because an observation must cost only some nanoseconds. */
export class Histogram {
  /** Values per bucket. The last bucket holds the values above all bounds. */
  readonly counts: number[];
  /** The sum of all values. */
  sum = 0;

  /** @param bounds the largest value of each bucket, in ascending order */
  constructor(readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += value;
  }
}
