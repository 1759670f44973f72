import { describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { Admission } from '../../src/gateway/admission.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const monitors = useMonitors();

describe('the health probes', () => {
  it('answer 200 with reasons on both listeners', async () => {
    const { monitor } = await monitors.startWithoutBroker();
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

  it('report whether a broker is connected', async () => {
    const { monitor } = await monitors.start();
    await vi.waitFor(async () =>
      expect((await get(`${monitor.http}/health/ready`)).body).toMatchObject({
        details: { broker: { connected: true } },
      }),
    );
  });

  it('fail without a broker when health.require_broker is true', async () => {
    const { monitor } = await monitors.startWithoutBroker({ health: { require_broker: true } });
    expect(await get(`${monitor.http}/health/ready`)).toMatchObject({
      status: 503,
      body: { details: { broker: { status: 'down' } } },
    });
    expect((await get(`${monitor.http}/health/live`)).status).toBe(200);
  });

  it('are alive but not ready after the event loop was blocked for longer than health.max_delay', async () => {
    const { monitor } = await monitors.startWithoutBroker({ health: { max_delay: 0.2 } });
    for (const end = performance.now() + 1000; performance.now() < end;);
    await vi.waitFor(async () =>
      expect(await get(`${monitor.http}/health/ready`)).toMatchObject({
        status: 503,
        body: { details: { event_loop_delay: { status: 'down' }, journal: { status: 'up', state: 'off' } } },
      }),
    );
    expect((await get(`${monitor.http}/health/live`)).status).toBe(200);
  });

  it('are alive but not ready during the shutdown or without a ROUTER', async () => {
    const { monitor } = await monitors.startWithoutBroker();
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
  it('answers 404 for unknown paths, on both listeners', async () => {
    const { monitor } = await monitors.startWithoutBroker();
    expect((await fetch(`${monitor.http}/channels`)).status).toBe(404);
    expect((await fetch(`${monitor.admin}/nothing`)).status).toBe(404);
  });
});

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
}
