import type { Percentiles } from './commands.js';

/** Latencies in nanoseconds. The capacity is known in advance, so `add` is a single store. */
export class Latencies {
  private readonly values: Float64Array;
  private count = 0;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
  }

  add(ns: number): void {
    this.values[this.count++] = ns;
  }

  /** Percentiles in milliseconds. */
  percentiles(): Percentiles {
    const sorted = this.values.subarray(0, this.count).sort();
    const at = (share: number): number => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1e6;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
