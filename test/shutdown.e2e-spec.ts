import { afterEach, describe, expect, it } from 'vitest';
import { FakeBroker, startMonitor, TestClient, type Monitor } from './monitor.js';

let monitor: Monitor;

afterEach(() => monitor.close());

describe('a graceful shutdown', () => {
  it('closes every client with 1012, legacy ones too, spread over shutdown.drain', async () => {
    monitor = await startMonitor({ shutdown: { drain: 0.4 } });
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        new TestClient(i % 2 ? monitor.ws : `${monitor.ws}/channels/job`).opened(),
      ),
    );
    const times: number[] = [];
    for (const client of clients) void client.closed.then(() => times.push(performance.now()));
    await monitor.close();
    for (const client of clients) expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(200);
  });

  it('refuses new clients with 503 and is not ready meanwhile, but still takes and relays messages', async () => {
    monitor = await startMonitor({ shutdown: { drain: 0.3 } });
    const broker = await FakeBroker.connect(monitor.endpoint);
    const clients = await Promise.all(
      [1, 2].map(() => new TestClient(`${monitor.ws}/channels/job`).opened()),
    );
    const last = new Promise<TestClient>((resolve) => {
      for (const [i, client] of clients.entries()) void client.closed.then(() => resolve(clients[1 - i]!));
    });
    const closed = monitor.close();
    const survivor = await last;
    await expect(new TestClient(monitor.ws).closed).rejects.toThrow('503');
    expect((await fetch(`${monitor.admin}/health/ready`)).status).toBe(503);
    await broker.send('job', 'STARTED');
    expect((await survivor.received(1))[0]).toContain('STARTED');
    await closed;
    expect(await survivor.closed).toEqual({ code: 1012, reason: 'restart' });
    broker.close();
  });

  it('delivers all that was taken before', async () => {
    monitor = await startMonitor({ shutdown: { drain: 0 } });
    const broker = await FakeBroker.connect(monitor.endpoint);
    const client = await new TestClient(`${monitor.ws}/channels/job`).opened();
    for (let i = 0; i < 500; i++) await broker.send('job', 'TASK', String(i), 'COMPLETED');
    await client.received(1);
    await monitor.close();
    await client.closed;
    expect(client.frames).toHaveLength(500);
    broker.close();
  });

  it('leaves no timer and no handle behind', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
    monitor = await startMonitor();
    const broker = await FakeBroker.connect(monitor.endpoint);
    const client = await new TestClient(monitor.ws, { firstMessage: 'job' }).opened();
    await broker.send('job', 'FINISHED');
    await client.closed;
    broker.close();
    await monitor.close();
    const left = process
      .getActiveResourcesInfo()
      .filter((kind) => kind === 'Timeout' || kind === 'TCPServerWrap');
    expect(left.length).toBeLessThanOrEqual(before);
  });
});
