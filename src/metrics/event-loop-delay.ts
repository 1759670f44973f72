import { monitorEventLoopDelay } from 'node:perf_hooks';
import { samplesBy, type Sample } from './metric-set.js';

/** Milliseconds between two measurements. */
const RESOLUTION = 20;

/** Delays of the event loop, in seconds. */
export interface DelayStatistics {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The delay of the event loop since the last reading. Each reader needs an instance, because a reading resets it. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION });

  start(): void {
    this.histogram.enable();
  }

  stop(): void {
    this.histogram.disable();
  }

  /** The delays as samples of a metric. Resets the measurement. */
  read(): Sample[] {
    return samplesBy('statistic', { ...(this.take() ?? { p50: 0, p99: 0, max: 0 }) });
  }

  /** The median, the 99th percentile and the largest delay; `undefined` without a measurement. Resets the measurement. */
  take(): DelayStatistics | undefined {
    const { histogram } = this;
    if (histogram.count === 0) return undefined;
    const delays = {
      p50: delay(histogram.percentile(50)),
      p99: delay(histogram.percentile(99)),
      max: delay(histogram.max),
    };
    histogram.reset();
    return delays;
  }
}

// Node.js measures the time between two runs of a timer, which includes the interval of the timer.
function delay(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
}
