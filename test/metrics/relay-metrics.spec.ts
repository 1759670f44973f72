import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricSet } from '../../src/metrics/metric-set.js';
import { addRelayMetrics } from '../../src/metrics/relay-metrics.js';
import type { RelayStatus } from '../../src/relay/relay-status.js';
import { edgeStatus } from '../fixtures/relay-status.js';
import { parseExposition, sampleValue } from './exposition.js';

function metricsOf(status: RelayStatus): Promise<string> {
  const registry = new Registry();
  addRelayMetrics(new MetricSet(registry), { status });
  return registry.metrics();
}

describe('the metrics of the relay', () => {
  it('tell the state of an edge that is behind', async () => {
    const text = await metricsOf(edgeStatus({ isStale: true, lagEntries: 7, lagSeconds: 2.5, gaps: 3 }));
    expect(sampleValue(text, 'recodex_monitor_relay_role', { role: 'edge' })).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_relay_role', { role: 'ingest' })).toBe(0);
    expect(sampleValue(text, 'recodex_monitor_relay_state', { state: 'following' })).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_relay_state', { state: 'away' })).toBe(0);
    expect(sampleValue(text, 'recodex_monitor_relay_stale')).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_relay_led')).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_relay_lag_entries')).toBe(7);
    expect(sampleValue(text, 'recodex_monitor_relay_lag_seconds')).toBe(2.5);
    expect(sampleValue(text, 'recodex_monitor_relay_gaps_total')).toBe(3);
  });

  it('tell what an ingest without Redis holds, and what is lost', async () => {
    const held = { unconfirmed: 5, bufferBytes: 2048, bufferLimit: 4096, lostMessages: 9, rewrites: 1 };
    const text = await metricsOf(edgeStatus({ role: 'ingest', state: 'away', ...held }));
    expect(sampleValue(text, 'recodex_monitor_relay_state', { state: 'away' })).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_relay_unconfirmed_entries')).toBe(5);
    expect(sampleValue(text, 'recodex_monitor_relay_buffer_bytes')).toBe(2048);
    expect(sampleValue(text, 'recodex_monitor_relay_buffer_bytes_limit')).toBe(4096);
    expect(sampleValue(text, 'recodex_monitor_relay_lost_messages_total')).toBe(9);
    expect(sampleValue(text, 'recodex_monitor_relay_rewrites_total')).toBe(1);
  });

  it('have one state and no role without a relay', async () => {
    const metrics = parseExposition(await metricsOf(edgeStatus({ role: null, state: 'off' })));
    const current = (name: string) => metrics.get(name)!.samples.filter(({ value }) => value === 1);
    expect(current('recodex_monitor_relay_state').map(({ labels }) => labels.state)).toEqual(['off']);
    expect(current('recodex_monitor_relay_role')).toEqual([]);
  });
});
