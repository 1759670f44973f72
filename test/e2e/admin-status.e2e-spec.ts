import { afterEach, describe, expect, it, vi } from 'vitest';
import { statusReport } from '../../src/admin/api/schemas.js';
import type { StatusReport } from '../../src/admin/status.service.js';
import { RelayService } from '../../src/relay/relay.service.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { edgeStatus } from '../fixtures/relay-status.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor({ limits: { channels: 3 } });
const admin = new AdminClient(running);

afterEach(() => vi.restoreAllMocks());

describe('GET /status', () => {
  it('tells the version, the addresses and the configuration', async () => {
    const { monitor } = running;
    expect(await admin.json('/status')).toMatchObject({
      node: process.versions.node,
      state: 'open',
      configuration: { limits: { channels: 3 }, websocket_uri: ['127.0.0.1', 0] },
      configuration_file: null,
      broker: { endpoint: monitor.endpoint, peers: 1 },
      relay: null,
      listeners: { public: [`${monitor.http}/`], admin: [`${monitor.admin}/`] },
      warnings: [],
      log_level: 'info',
    });
  });

  it('tells the state of this process in a relay, also once a second', async () => {
    const status = edgeStatus({ isStale: true, lagEntries: 3, lagSeconds: 1.2345, gaps: 2, messages: 8 });
    vi.spyOn(running.monitor.app.get(RelayService), 'status', 'get').mockReturnValue(status);
    const relay = {
      role: 'edge',
      state: 'following',
      stale: true,
      led: true,
      lag_entries: 3,
      lag_seconds: 1.2,
      unconfirmed_entries: 0,
      buffer_bytes: 0,
      buffer_limit: 67_108_864,
      lost_messages: 0,
      gaps: 2,
      rewrites: 0,
      followed_messages: 8,
    };
    await vi.waitFor(async () => {
      const report = await admin.json<StatusReport>('/status');
      expect(report.relay).toEqual(relay);
      expect(report.sample.relay).toEqual(relay);
      expect(statusReport.parse(report)).toEqual(report);
    }, 3000);
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
