import { monitorEventLoopDelay } from 'node:perf_hooks';
import { samplesBy, type Sample } from './metric-set.js';

/** Milliseconds between two measurements. */
const RESOLUTION = 20;

/** The delay of the event loop since the last scrape. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION });

  start(): void {
    this.histogram.enable();
  }

  stop(): void {
    this.histogram.disable();
  }

  /** The median, the 99th percentile and the largest delay in seconds. Resets the measurement. */
  read(): Sample[] {
    const { histogram } = this;
    const isEmpty = histogram.count === 0;
    const delays = {
      p50: delay(histogram.percentile(50)),
      p99: delay(histogram.percentile(99)),
      max: delay(histogram.max),
    };
    histogram.reset();
    return samplesBy('statistic', isEmpty ? { p50: 0, p99: 0, max: 0 } : delays);
  }
}

// Node.js measures the time between two runs of a timer, which includes the interval of the timer.
function delay(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000);
}
