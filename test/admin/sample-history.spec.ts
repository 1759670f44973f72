import { expect, it } from 'vitest';
import { SampleHistory } from '../../src/admin/sample-history.js';
import type { StatusSample } from '../../src/admin/status-sample.js';

it('keeps the last 900 samples as columns, the oldest first', () => {
  const history = new SampleHistory();
  expect(history.read().time).toEqual([]);
  for (let time = 1; time <= 901; time++) history.add(sample({ time, latency_p50: time % 2 ? null : 0.5 }));
  const columns = history.read();
  expect(columns.time).toHaveLength(900);
  expect([columns.time[0], columns.time.at(-1)]).toEqual([2, 901]);
  expect(columns.latency_p50.slice(0, 3)).toEqual([0.5, null, 0.5]);
  for (const column of Object.values(columns)) expect(column).toHaveLength(900);
});

function sample(values: Partial<StatusSample>): StatusSample {
  return {
    time: 0,
    messages: 0,
    deliveries: 0,
    delivered_bytes: 0,
    connections: 0,
    channels: 0,
    retained_bytes: 0,
    latency_p50: null,
    latency_p99: null,
    event_loop_p99: null,
    event_loop_max: null,
    cpu: 0,
    rss: 0,
    broker_peers: 0,
    listening: true,
    state: 'open',
    relay: null,
    limits_reached: [],
    warnings: 0,
    log_level: 'info',
    ...values,
  };
}
