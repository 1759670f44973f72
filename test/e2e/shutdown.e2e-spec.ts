import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { MuteClient } from '../fixtures/mute-client.js';
import { SseClient } from '../fixtures/sse-client.js';

let monitor: Monitor;
let muteSocket: Socket | undefined;

afterEach(async () => {
  await monitor.close();
  muteSocket?.destroy();
});

/** A client that answers no close: it keeps the shutdown at its last step for a while. */
async function mute(path = '/'): Promise<Socket> {
  muteSocket = await new MuteClient(Number(new URL(monitor.http).port), path).connect();
  return muteSocket;
}

describe('a graceful shutdown', () => {
  it('closes every client with 1012, legacy ones and those without a channel too, and ends event streams', async () => {
    monitor = await startMonitor();
    const clients = await Promise.all([
      new TestClient(monitor.ws).opened(),
      new TestClient(monitor.ws, { firstMessage: 'job' }).opened(),
      new TestClient(`${monitor.ws}/channels/job`).opened(),
    ]);
    const events = await SseClient.open(`${monitor.http}/channels/job`);
    await monitor.close();
    for (const client of clients) expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    await events.ended;
    expect(events.raw).not.toContain('event: end');
  });

  it('closes the ROUTER first, and refuses new clients with 503 while the present ones are closed', async () => {
    monitor = await startMonitor();
    const silent = await mute();
    const closed = monitor.close();
    // The close frame comes after the ROUTER was closed.
    await new Promise((resolve) => silent.once('data', resolve));
    expect(monitor.source.status.endpoint).toBeNull();
    const { hostname, port } = new URL(monitor.endpoint);
    const refused = new Promise((_resolve, reject) => connect(Number(port), hostname).on('error', reject));
    await expect(refused).rejects.toThrow('ECONNREFUSED');
    await expect(new TestClient(monitor.ws).closed).rejects.toThrow('503');
    expect((await fetch(`${monitor.admin}/health/ready`)).status).toBe(503);
    await closed;
  });

  it('delivers all that the broker has sent before', async () => {
    monitor = await startMonitor();
    const broker = await FakeBroker.connect(monitor.endpoint);
    const client = await new TestClient(`${monitor.ws}/channels/job`).opened();
    for (let i = 0; i < 500; i++) await broker.send('job', 'TASK', String(i), 'COMPLETED');
    await client.received(1);
    await monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.frames).toHaveLength(500);
    broker.close();
  });

  it('ends the streams of a job that finishes meanwhile as always', async () => {
    monitor = await startMonitor();
    const broker = await FakeBroker.connect(monitor.endpoint);
    const client = await new TestClient(`${monitor.ws}/channels/job`).opened();
    const legacy = new TestClient(monitor.ws, { firstMessage: 'job' });
    const events = await SseClient.open(`${monitor.http}/channels/job`);
    await broker.send('job', 'STARTED');
    await legacy.received(1);
    const closed = monitor.close();
    await broker.send('job', 'FINISHED');
    await closed;
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
    expect(await legacy.closed).toEqual({ code: 1000, reason: '' });
    expect(events.events.at(-1)?.event).toBe('end');
    broker.close();
  });

  it('gives a client that is behind the rest of its channel before it is closed', async () => {
    monitor = await startMonitor({ limits: { socket_buffer_bytes: 1024 } });
    const broker = await FakeBroker.connect(monitor.endpoint);
    const client = await new TestClient(`${monitor.ws}/channels/job`).opened();
    client.socket.pause();
    const count = 200;
    const text = 'x'.repeat(60_000);
    for (let i = 0; i < count; i++) await broker.send('job', 'TASK', `${i} ${text}`);
    await vi.waitFor(() =>
      expect(monitor.app.get(BrokerService).counters.received).toBeGreaterThanOrEqual(count),
    );
    const closed = monitor.close();
    client.socket.resume();
    await closed;
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.frames).toHaveLength(count);
    broker.close();
  });

  it.each(['/', '/channels/job'])('does not wait for a client on %s that never answers', async (path) => {
    monitor = await startMonitor();
    const silent = await mute(path);
    const gone = new Promise((resolve) => silent.once('end', resolve));
    await monitor.close();
    await expect(gone).resolves.toBeUndefined();
  });

  it('does not wait for an event stream that is not read, nor for a refused client that stays', async () => {
    monitor = await startMonitor({ limits: { connections: 1 } });
    const port = Number(new URL(monitor.http).port);
    const stream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    stream.write('GET /channels/job HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
    await new Promise((resolve) => stream.once('readable', resolve));
    const refused = await mute();
    await expect(monitor.close()).resolves.toBeUndefined();
    stream.destroy();
    refused.destroy();
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
