import { afterEach, describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { Admission } from '../../src/gateway/admission.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';

let monitor: Monitor;

afterEach(() => monitor.close());

describe('the probes', () => {
  it('answer 200 with reasons on both listeners', async () => {
    monitor = await startMonitor();
    for (const base of [monitor.http, monitor.admin]) {
      expect(await get(`${base}/health/live`)).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect(await get(`${base}/health/ready`)).toMatchObject({
        status: 200,
        body: {
          details: {
            listeners: { status: 'up' },
            router: { status: 'up' },
            broker: { status: 'up', connected: false },
          },
        },
      });
    }
  });

  it('tell whether a broker is connected', async () => {
    monitor = await startMonitor();
    const broker = await FakeBroker.connect(monitor.endpoint);
    await vi.waitFor(async () =>
      expect((await get(`${monitor.http}/health/ready`)).body).toMatchObject({
        details: { broker: { connected: true } },
      }),
    );
    broker.close();
  });

  it('make a missing broker a failure when health.require_broker says so', async () => {
    monitor = await startMonitor({ health: { require_broker: true } });
    expect(await get(`${monitor.http}/health/ready`)).toMatchObject({
      status: 503,
      body: { details: { broker: { status: 'down' } } },
    });
    expect((await get(`${monitor.http}/health/live`)).status).toBe(200);
  });

  it('are not ready while shutting down or without a ROUTER, but alive', async () => {
    monitor = await startMonitor();
    monitor.app.get(Admission).drain();
    await monitor.app.get(BrokerService).stop();
    expect(await get(`${monitor.admin}/health/ready`)).toMatchObject({
      status: 503,
      body: { details: { listeners: { status: 'down', state: 'draining' }, router: { status: 'down' } } },
    });
    expect((await get(`${monitor.admin}/health/live`)).status).toBe(200);
  });
});

describe('plain HTTP', () => {
  it('answers 404 where there is nothing, and on / of the admin listener', async () => {
    monitor = await startMonitor();
    expect((await fetch(`${monitor.http}/channels`)).status).toBe(404);
    expect((await fetch(monitor.admin)).status).toBe(404);
  });
});

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}
