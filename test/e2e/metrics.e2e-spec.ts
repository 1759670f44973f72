import { expect, it, vi } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { sampleValue } from '../metrics/exposition.js';

const running = setUpMonitor();

it('is served on the admin listener only', async () => {
  expect((await fetch(`${running.monitor.http}/metrics`)).status).toBe(404);
  const response = await fetch(`${running.monitor.admin}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});

it('answers HEAD without a body', async () => {
  const response = await fetch(`${running.monitor.admin}/metrics`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toBe('');
});

it('shows a job that was relayed', async () => {
  const id = running.freshId();
  const client = running.connect(`/channels/${id}`);
  await client.opened();
  await running.broker.send(id, 'STARTED');
  await running.broker.send(id, 'FINISHED');
  await client.closed;
  await vi.waitFor(async () => {
    const text = await (await fetch(`${running.monitor.admin}/metrics`)).text();
    expect(sampleValue(text, 'recodex_monitor_messages_total', { command: 'FINISHED' })).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_closed_connections_total', { code: '1000' })).toBe(1);
    const flushes = sampleValue(text, 'recodex_monitor_relay_latency_seconds_count')!;
    expect(flushes).toBeGreaterThan(0);
    // The receiving thread and this one measure with the same clock.
    const seconds = sampleValue(text, 'recodex_monitor_relay_latency_seconds_sum')!;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds / flushes).toBeLessThan(2);
    expect(text).not.toContain(id);
  });
});
