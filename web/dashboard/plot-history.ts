import type { PlotSample } from './monitor-sample.js';

/** Milliseconds that the plots show. */
export const PLOT_SPAN = 15 * 60 * 1000;
/** Milliseconds between two samples, above which samples are missing. The monitor takes one sample a second. */
const MAX_INTERVAL = 2500;
/** Milliseconds. If a sample is older than the last one by more, the clock of the monitor was set back. */
const CLOCK_TOLERANCE = 5000;

/** A value for each sample: `null` where nothing is known. */
export type PlotColumn = (number | null)[];

/** The samples of the last 15 minutes, oldest first. Their times only grow. */
export class PlotHistory {
  /** Grows with each change. */
  version = 0;
  #samples: PlotSample[] = [];

  get latestTime(): number | undefined {
    return this.#samples.at(-1)?.time;
  }

  /** Adds the newest sample. Returns whether samples are missing before it. */
  add(sample: PlotSample): boolean {
    const last = this.latestTime;
    if (last !== undefined && sample.time < last - CLOCK_TOLERANCE) this.#samples = [];
    else if (last !== undefined && sample.time <= last) return false;
    this.#samples.push(sample);
    this.#trim();
    return last !== undefined && sample.time - last > MAX_INTERVAL;
  }

  /** Adds what the monitor has kept. Older samples, of a process that has ended, stay. */
  merge(samples: readonly PlotSample[]): void {
    const [first, last] = [samples[0], samples.at(-1)];
    if (!first || !last) return;
    const before = this.#samples.filter(({ time }) => time < first.time);
    const after = this.#samples.filter(({ time }) => time > last.time);
    this.#samples = [...before, ...samples, ...after];
    this.#trim();
  }

  /**
   * The data of a plot: the times in seconds, then the values of each series. Where samples are missing, all values are
   * `null`.
   */
  columns(values: readonly SampleValue[]): [number[], ...PlotColumn[]] {
    const times: number[] = [];
    const columns: PlotColumn[] = values.map(() => []);
    let before: PlotSample | undefined;
    for (const sample of this.#samples) {
      if (before && sample.time - before.time > MAX_INTERVAL) {
        times.push((before.time + 1) / 1000);
        for (const column of columns) column.push(null);
        before = undefined;
      }
      times.push(sample.time / 1000);
      for (const [index, column] of columns.entries()) column.push(values[index]!(sample, before));
      before = sample;
    }
    return [times, ...columns];
  }

  #trim(): void {
    const start = this.latestTime! - PLOT_SPAN;
    const kept = this.#samples.findIndex(({ time }) => time >= start);
    if (kept > 0) this.#samples.splice(0, kept);
    this.version++;
  }
}

/** Reads the value of a series. @param before the sample of the second before; `undefined` at the start and after a gap */
export type SampleValue = (sample: PlotSample, before: PlotSample | undefined) => number | null;

/** The growth of a total per second; `null` without the sample before, and after a restart of the monitor. */
export function rateOf(key: 'messages' | 'deliveries'): SampleValue {
  return (sample, before) => {
    if (!before || sample[key] < before[key]) return null;
    return ((sample[key] - before[key]) * 1000) / (sample.time - before.time);
  };
}
