import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Admission } from '../../src/gateway/admission.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { SseClient } from '../fixtures/sse-client.js';

const ORIGIN = 'https://recodex.example.org';

let monitor: Monitor;
let only: TestClient;

beforeEach(async () => {
  monitor = await startMonitor({ limits: { connections: 1 } }, { origins: [ORIGIN] });
  only = await new TestClient(`${monitor.ws}/channels/j`).opened();
});

afterEach(async () => {
  only.socket.terminate();
  await monitor.close();
});

describe.each([
  ['busy', 5000, 10_000],
  ['restart', 2000, 4000],
])('an EventSource that comes while the monitor can not take it: %s', (reason, shortest, longest) => {
  beforeEach(() => {
    if (reason === 'restart') monitor.app.get(Admission).drain();
  });

  it('is told when to come back and the response ends, because an error status would be final', async () => {
    const client = await SseClient.open(`${monitor.http}/channels/j`, { Origin: ORIGIN });
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

  it('gets the same however it writes Accept and the path', async () => {
    for (const [path, accept] of [
      ['//channels/j', 'text/event-stream'],
      ['/prefix/channels/j?after=x-1', 'TEXT/Event-Stream'],
      ['/channels/j', 'text/event-stream, */*;q=0.1'],
    ]) {
      const client = await SseClient.open(monitor.http + path!, { Accept: accept! });
      await client.ended;
      expect([client.status, client.raw]).toEqual([200, expect.stringContaining(`: ${reason}`)]);
    }
  });

  it('is still told that a stream is over', async () => {
    const client = await SseClient.open(`${monitor.http}/channels/j`, { 'Last-Event-ID': 'end' });
    expect(client.status).toBe(204);
  });

  it('HEAD gets the headers', async () => {
    const response = await fetch(`${monitor.http}/channels/j`, {
      method: 'HEAD',
      headers: { Accept: 'text/event-stream' },
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([200, expect.any(String)]);
  });

  it('who names no event stream gets 503, as `curl` can retry that', async () => {
    const response = await fetch(`${monitor.http}/channels/j`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after')) * 1000).toBeGreaterThanOrEqual(shortest);
  });

  it('a WebSocket gets 503', async () => {
    await expect(new TestClient(`${monitor.ws}/channels/j`).closed).rejects.toThrow('503');
  });
});

it('an EventSource that was refused gets its stream as soon as there is room', async () => {
  const refused = await SseClient.open(`${monitor.http}/channels/j`);
  await refused.ended;
  only.socket.terminate();
  await vi.waitFor(async () => {
    const client = await SseClient.open(`${monitor.http}/channels/j`);
    client.cut();
    expect(client.headers['retry-after']).toBeUndefined();
  }, 5000);
});
