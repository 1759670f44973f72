import { Registry } from 'prom-client';
import { beforeEach, expect, it } from 'vitest';
import { Histogram } from '../../src/channels/histogram.js';
import { MetricSet, samplesBy } from '../../src/metrics/metric-set.js';

let metrics: MetricSet;

beforeEach(() => {
  metrics = new MetricSet(new Registry());
});

it('reads a counter at each scrape', async () => {
  let count = 1;
  metrics.counter({ name: 'things_total', help: 'Things.', read: () => count });
  expect(await valueLines()).toEqual(['recodex_monitor_things_total 1']);
  count = 5;
  expect(await valueLines()).toEqual(['recodex_monitor_things_total 5']);
});

it('forgets a gauge value that is gone', async () => {
  let open: Record<string, number> = { a: 1, b: 0 };
  metrics.gauge({ name: 'open', help: 'Open.', labels: ['kind'], read: () => samplesBy('kind', open) });
  expect(await valueLines()).toEqual([
    'recodex_monitor_open{kind="a"} 1',
    'recodex_monitor_open{kind="b"} 0',
  ]);
  open = { b: 2 };
  expect(await valueLines()).toEqual(['recodex_monitor_open{kind="b"} 2']);
});

it('writes the buckets of a histogram cumulatively', async () => {
  const histogram = new Histogram([0.5, 1]);
  metrics.histogram({ name: 'size', help: 'Size.', read: () => histogram });
  for (const value of [0.1, 0.2, 0.7, 9]) histogram.observe(value);
  expect(await valueLines()).toEqual([
    'recodex_monitor_size_bucket{le="0.5"} 2',
    'recodex_monitor_size_bucket{le="1"} 3',
    'recodex_monitor_size_bucket{le="+Inf"} 4',
    'recodex_monitor_size_sum 10',
    'recodex_monitor_size_count 4',
  ]);
});

async function valueLines(): Promise<string[]> {
  const lines = (await metrics.registry.metrics()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
