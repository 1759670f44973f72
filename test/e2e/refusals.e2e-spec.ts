import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Admission } from '../../src/gateway/admission.js';
import type { TestClient } from '../fixtures/test-client.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const ORIGIN = 'https://recodex.example.org';

const monitors = useMonitors();
let running: RunningMonitor;
let only: TestClient;

beforeEach(async () => {
  running = await monitors.start({ limits: { connections: 1 } }, { origins: [ORIGIN] });
  only = await running.connect('/channels/j').opened();
});

describe.each([
  ['busy', 5000, 10_000],
  ['restart', 2000, 4000],
])('a client that is refused: %s', (reason, shortest, longest) => {
  beforeEach(() => {
    if (reason === 'restart') running.monitor.app.get(Admission).drain();
  });

  it('an EventSource gets a retry time and status 200, because it does not reconnect after an error status', async () => {
    const client = await running.openEvents('/channels/j', { Origin: ORIGIN });
    await client.ended;
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'access-control-allow-origin': ORIGIN,
      connection: 'close',
    });
    const [, delay] = new RegExp(`^retry: (\\d+)\n: ${reason}\n\n$`).exec(client.raw)!;
    expect(Number(delay)).toBeGreaterThanOrEqual(shortest);
    expect(Number(delay)).toBeLessThanOrEqual(longest);
    expect(client.headers['retry-after']).toBe(String(Math.ceil(Number(delay) / 1000)));
    expect(client.events).toEqual([]);
  });

  it('an EventSource gets the same for other spellings of Accept and of the path', async () => {
    for (const [path, accept] of [
      ['//channels/j', 'text/event-stream'],
      ['/prefix/channels/j?after=x-1', 'TEXT/Event-Stream'],
      ['/channels/j', 'text/event-stream, */*;q=0.1'],
    ]) {
      const client = await running.openEvents(path!, { Accept: accept! });
      await client.ended;
      expect([client.status, client.raw]).toEqual([200, expect.stringContaining(`: ${reason}`)]);
    }
  });

  it('an EventSource gets 204 when its stream has ended', async () => {
    const client = await running.openEvents('/channels/j', { 'Last-Event-ID': 'end' });
    expect(client.status).toBe(204);
  });

  it('a HEAD request gets the headers', async () => {
    const response = await fetch(`${running.monitor.http}/channels/j`, {
      method: 'HEAD',
      headers: { Accept: 'text/event-stream' },
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([200, expect.any(String)]);
  });

  it('a client that does not ask for an event stream gets 503, which `curl` can retry', async () => {
    const response = await fetch(`${running.monitor.http}/channels/j`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after')) * 1000).toBeGreaterThanOrEqual(shortest);
  });

  it('a WebSocket gets 503', async () => {
    await expect(running.connect('/channels/j').closed).rejects.toThrow('503');
  });
});

it('an EventSource that was refused gets its stream when a connection is free', async () => {
  const refused = await running.openEvents('/channels/j');
  await refused.ended;
  only.socket.terminate();
  await vi.waitFor(async () => {
    const client = await running.openEvents('/channels/j');
    client.cut();
    expect(client.headers['retry-after']).toBeUndefined();
  }, 5000);
});
