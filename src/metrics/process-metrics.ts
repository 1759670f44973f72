import { readdir } from 'node:fs/promises';
import { collectDefaultMetrics, Gauge } from 'prom-client';
import type { EventLoopDelay } from './event-loop-delay.js';
import type { MetricSet } from './metric-set.js';

/**
 * Metrics of prom-client that block the event loop or mislead. Its lag of the event loop includes the interval of its
 * timer. Its active handles, requests and resources list all sockets, and its open files read a directory synchronously:
 * 47 ms at each scrape with 10,000 open files.
 */
const REPLACED = /^(nodejs_eventloop_lag|nodejs_active|process_open_fds)/;

export function addProcessMetrics(metrics: MetricSet, eventLoopDelay: EventLoopDelay): void {
  const { registry } = metrics;
  // The precision is the interval of the timer that is not used.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1000 });
  for (const { name } of registry.getMetricsAsArray())
    if (REPLACED.test(name)) registry.removeSingleMetric(name);
  metrics.gauge({
    name: 'event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape: median, 99th percentile, largest.',
    labels: ['statistic'],
    read: () => eventLoopDelay.read(),
  });
  new Gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    registers: [registry],
    async collect() {
      this.set(await openFiles());
    },
  });
}

/** The number of open files (Linux); NaN where the system does not list them. */
async function openFiles(): Promise<number> {
  // `readdir` opens the directory itself.
  return readdir('/proc/self/fd').then(
    (files) => files.length - 1,
    () => NaN,
  );
}
