import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { MuteClient } from '../fixtures/mute-client.js';
import { sendRaw } from '../fixtures/raw-http.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const monitors = useMonitors();
const muteSockets: Socket[] = [];

afterEach(() => {
  for (const socket of muteSockets.splice(0)) socket.destroy();
});

/** Connects a client that does not answer the close, so that the last step of the shutdown takes half a second. */
async function connectMute(running: RunningMonitor, path = '/'): Promise<Socket> {
  const socket = await new MuteClient(Number(new URL(running.monitor.http).port), path).connect();
  muteSockets.push(socket);
  return socket;
}

describe('a graceful shutdown', () => {
  it('closes every WebSocket with 1012, also without a channel, and ends event streams', async () => {
    const running = await monitors.start();
    const clients = await Promise.all([
      running.connect('').opened(),
      running.connectLegacy('job').opened(),
      running.connect('/channels/job').opened(),
    ]);
    const events = await running.openEvents('/channels/job');
    await running.monitor.close();
    for (const client of clients) expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    await events.ended;
    expect(events.raw).not.toContain('event: end');
  });

  it('closes the ROUTER before the connections, and refuses new clients with 503', async () => {
    const running = await monitors.start();
    const silent = await connectMute(running);
    const closed = running.monitor.close();
    // The monitor sends the close frame after it has closed the ROUTER.
    await once(silent, 'data');
    expect(running.monitor.source.status.endpoint).toBeNull();
    const refused = once(sendRaw(running.monitor.endpoint, ''), 'connect');
    await expect(refused).rejects.toThrow('ECONNREFUSED');
    await expect(running.connect('').closed).rejects.toThrow('503');
    expect((await fetch(`${running.monitor.admin}/health/ready`)).status).toBe(503);
    await closed;
  });

  it('delivers all messages that the broker has sent before', async () => {
    const running = await monitors.start();
    const client = await running.connect('/channels/job').opened();
    for (let i = 0; i < 500; i++) await running.broker.send('job', 'TASK', String(i), 'COMPLETED');
    await client.received(1);
    await running.monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.frames).toHaveLength(500);
  });

  it('closes the streams of a job that finishes during the shutdown with their usual codes', async () => {
    const running = await monitors.start();
    const client = await running.connect('/channels/job').opened();
    const legacy = running.connectLegacy('job');
    const events = await running.openEvents('/channels/job');
    await running.broker.send('job', 'STARTED');
    await legacy.received(1);
    const closed = running.monitor.close();
    await running.broker.send('job', 'FINISHED');
    await closed;
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
    expect(await legacy.closed).toEqual({ code: 1000, reason: '' });
    expect(events.events.at(-1)?.event).toBe('end');
  });

  it('sends the rest of the channel to a lagging client before it closes the connection', async () => {
    const running = await monitors.start({ limits: { socket_buffer_bytes: 1024 } });
    const client = await running.connect('/channels/job').opened();
    client.socket.pause();
    const count = 200;
    const text = 'x'.repeat(60_000);
    for (let i = 0; i < count; i++) await running.broker.send('job', 'TASK', `${i} ${text}`);
    await vi.waitFor(() =>
      expect(running.monitor.app.get(BrokerService).counters.received).toBeGreaterThanOrEqual(count),
    );
    const closed = running.monitor.close();
    client.socket.resume();
    await closed;
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.frames).toHaveLength(count);
  });

  it.each(['/', '/channels/job'])(
    'does not wait for a client on %s that does not answer the close',
    async (path) => {
      const running = await monitors.start();
      const silent = await connectMute(running, path);
      const ended = once(silent, 'end');
      await running.monitor.close();
      await expect(ended).resolves.toEqual([]);
    },
  );

  it('does not wait for an event stream that is not read, or for a refused client that stays connected', async () => {
    const running = await monitors.start({ limits: { connections: 1 } });
    const port = Number(new URL(running.monitor.http).port);
    const stream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    stream.write('GET /channels/job HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
    await once(stream, 'readable');
    const refused = await connectMute(running);
    await expect(running.monitor.close()).resolves.toBeUndefined();
    stream.destroy();
    refused.destroy();
  });

  it('leaves no timer and no server open', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
    const running = await monitors.start();
    const client = await running.connectLegacy('job').opened();
    await running.broker.send('job', 'FINISHED');
    await client.closed;
    await running.monitor.close();
    const left = process
      .getActiveResourcesInfo()
      .filter((kind) => kind === 'Timeout' || kind === 'TCPServerWrap');
    expect(left.length).toBeLessThanOrEqual(before);
  });
});
