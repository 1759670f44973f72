import { createRequire } from 'node:module';
import type { MetricSet } from './metric-set.js';

/** Adds a metric with the constant value 1. Its labels say which program runs, for joins with other metrics. */
export function addBuildInfo(metrics: MetricSet): void {
  const { version } = createRequire(import.meta.url)('#manifest') as { version: string };
  const labels = { version, node_version: process.versions.node, architecture: process.arch };
  metrics.gauge({
    name: 'build_info',
    help: 'Always 1. The labels have the version of the monitor and of Node.js, and the architecture.',
    labels: Object.keys(labels),
    read: () => [{ labels, value: 1 }],
  });
}
