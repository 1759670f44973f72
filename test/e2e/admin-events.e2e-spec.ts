import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { AdminClient } from '../fixtures/admin-client.js';
import { sendRaw } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import type { SseClient } from '../fixtures/sse-client.js';

const running = setUpMonitor();
const admin = new AdminClient(running);
const monitors = useMonitors();

describe('GET /events', () => {
  it('sends a snapshot, the changes and the state of the monitor', async () => {
    const id = await running.playNew('STARTED');
    const stream = await admin.events(`/events?prefix=${id}`);
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(stream.headers['cache-control']).toContain('no-store');
    await stream.received(2);
    expect(stream.raw).toMatch(/^retry: 2000\n\n/);
    expect(channelEvents(stream)).toEqual([
      { reset: true, channels: [running.summary(id)], removed: [], matching: 1, complete: true },
    ]);
    const client = running.connect(`/channels/${id}`);
    await client.opened();
    await running.play(id, 'FAILED');
    await vi.waitFor(
      () =>
        expect(channelEvents(stream).at(-1)).toMatchObject({
          reset: false,
          channels: [{ id, state: 'failed', subscribers: 1 }],
        }),
      3000,
    );
    await admin.request(`/channels/${id}`, { method: 'DELETE' });
    await vi.waitFor(
      () => expect(channelEvents(stream).at(-1)).toMatchObject({ removed: [id], matching: 0 }),
      3000,
    );
    // The first sample may be of the start.
    await vi.waitFor(() => {
      const status = stream.events.findLast(({ event }) => event === 'status');
      expect(JSON.parse(status!.data)).toMatchObject({ state: 'open', listening: true, broker_peers: 1 });
    }, 3000);
    stream.cut();
  });

  it('answers 400 to a wrong parameter', async () => {
    const stream = await admin.events('/events?state=done');
    expect(stream.status).toBe(400);
  });

  it('refuses the eleventh stream until another has ended', async () => {
    const streams: SseClient[] = [];
    for (let number = 0; number < 10; number++) streams.push(await admin.events());
    const refused = await admin.events();
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    streams[0]!.cut();
    await vi.waitFor(async () => {
      const next = await admin.events();
      streams.push(next);
      expect(next.status).toBe(200);
    }, 3000);
    for (const stream of streams) stream.cut();
  });

  it('is not ended by the deadline of other answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const socket = sendRaw(admin.url, 'GET /events HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
      vi.advanceTimersByTime(60_000);
      await once(socket, 'data');
      expect(socket.destroyed).toBe(false);
      socket.destroy();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a shutdown', () => {
  it('ends streams, also of a client that does not read', async () => {
    const other = await monitors.startWithoutBroker();
    const client = new AdminClient(other);
    const reading = await client.events();
    const stalled = sendRaw(client.url, 'GET /events HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(stalled, 'readable');
    await reading.received(2);
    const start = performance.now();
    await other.monitor.close();
    expect(performance.now() - start).toBeLessThan(5000);
    await reading.ended;
    stalled.destroy();
  });
});

describe('without an admin listener', () => {
  it('the monitor runs, and the public listener has none of its routes', async () => {
    const other = await monitors.startWithoutBroker({}, { admin: false });
    const paths = ['/status', '/events', '/api', '/health/ready'];
    const answers = await Promise.all(paths.map((path) => other.request(path, 'application/json')));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 200]);
  });
});

function channelEvents(stream: SseClient): object[] {
  return stream.events
    .filter(({ event }) => event === 'channels')
    .map(({ data }) => JSON.parse(data) as object);
}
