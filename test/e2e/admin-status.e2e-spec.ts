import { describe, expect, it, vi } from 'vitest';
import type { StatusReport } from '../../src/admin/status.service.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor({ limits: { channels: 3 } });
const admin = new AdminClient(running);

describe('GET /status', () => {
  it('tells the version, the addresses and the configuration', async () => {
    const { monitor } = running;
    expect(await admin.json('/status')).toMatchObject({
      node: process.versions.node,
      state: 'open',
      configuration: { limits: { channels: 3 }, websocket_uri: ['127.0.0.1', 0] },
      configuration_file: null,
      broker: { endpoint: monitor.endpoint, peers: 1 },
      listeners: { public: [`${monitor.http}/`], admin: [`${monitor.admin}/`] },
      warnings: [],
      log_level: 'info',
    });
  });

  it('tells which limits were reached', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await running.play(id, 'STARTED');
    await vi.waitFor(async () => {
      const { limits, sample } = await admin.json<StatusReport>('/status');
      expect(limits).toContainEqual({ key: 'limits.channels', used: 3, limit: 3, reached: 1 });
      expect(sample.limits_reached).toEqual(['limits.channels']);
    }, 3000);
  });
});

describe('GET /history', () => {
  it('has a sample per second with the totals since the start', async () => {
    await running.playNew('STARTED', 'TASK');
    await vi.waitFor(async () => {
      const { interval, samples } = await admin.json<History>('/history');
      expect(interval).toBe(1);
      expect(samples.messages!.at(-1)).toBeGreaterThanOrEqual(2);
      expect(samples.broker_peers!.at(-1)).toBe(1);
      expect(samples.latency_p50).toContainEqual(expect.any(Number));
      expect(samples.time!.length).toBeGreaterThan(1);
      expect(samples.time!.at(-1)! - samples.time!.at(-2)!).toBeGreaterThan(500);
    }, 5000);
  });
});

interface History {
  interval: number;
  samples: Record<string, (number | null)[] & { at(index: number): number }>;
}
