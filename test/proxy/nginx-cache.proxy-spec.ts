import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { HttpServers } from '../../src/http/http-servers.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { Proxy } from './proxy.js';

const LATE_CLIENTS = 10_000;
const MESSAGES = 5000;

/** Each of these clients reads the bodies. The others send HEAD, which nginx answers from the same cache. */
const READERS = 100;

/** nginx closes a connection after 1,000 requests. */
const CLIENTS_PER_CONNECTION = 100;

/** Connections at the same time. */
const AT_ONCE = 50;

/** Full ranges of the log. */
const FULL_RANGES = MESSAGES / 1000;

const running = setUpMonitor({}, { trustedProxies: ['127.0.0.1/32'] });
let proxy: Proxy;

beforeAll(async () => {
  proxy = await Proxy.start('nginx with a cache', new URL(running.monitor.http).host, inject('certificate'));
});

afterAll(() => proxy.stop());

describe('nginx with the cache of docs/proxies.md', () => {
  it('serves 10,000 late clients of a running job with a handful of requests to the monitor', async () => {
    const id = running.freshId();
    append(id, MESSAGES);
    const before = requestsOfMonitor();
    const start = performance.now();
    let left = LATE_CLIENTS;
    const logs: string[] = [];
    const join = async (): Promise<void> => {
      while (left > 0) {
        const socket = connect(Number(new URL(channel(id)).port), '127.0.0.1');
        for (let count = 0; left > 0 && count < CLIENTS_PER_CONNECTION; count++) {
          if (left-- % (LATE_CLIENTS / READERS) !== 0) await requestHistory(socket, id);
          else {
            logs.push(await readHistory(channel(id)));
            append(id, 1);
          }
        }
        socket.destroy();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, join));
    const seconds = Math.ceil((performance.now() - start) / 1000);

    // The first request and the end of the log are asked for at most once in a second.
    expect(requestsOfMonitor() - before).toBeLessThanOrEqual(FULL_RANGES + 2 * (seconds + 1));
    const whole = await readHistory(`${running.monitor.http}/channels/${id}`);
    expect(logs).toHaveLength(READERS);
    for (const log of logs) {
      expect(whole.startsWith(log)).toBe(true);
      expect(log.split('\n').length).toBeGreaterThan(MESSAGES);
    }

    const last = (JSON.parse(logs[0]!.trimEnd().split('\n').at(-1)!) as { id: string }).id;
    const rest = new TestClient(`${channel(id).replace('https', 'wss')}?after=${last}`);
    const missing = whole.slice(logs[0]!.length).split('\n').slice(0, -1);
    await rest.received(missing.length);
    expect(rest.frames).toEqual(missing);
    rest.socket.close();
  }, 120_000);

  it('asks the monitor for nothing but the first range when the job has finished', async () => {
    const id = running.freshId();
    append(id, 1500);
    append(id, 1, 'FINISHED');
    const first = await readHistory(channel(id));
    const before = requestsOfMonitor();
    for (let index = 0; index < 20; index++) expect(await readHistory(channel(id))).toBe(first);
    expect(requestsOfMonitor() - before).toBeLessThanOrEqual(5);
    append(id, 1);
    await vi.waitFor(async () => expect((await readHistory(channel(id))).split('\n').length).toBe(2), 10_000);
  });

  it('keeps nothing that the monitor refuses, and answers 304 to a client that has the range', async () => {
    const id = running.freshId();
    const path = '/messages.ndjson?from=1';
    expect((await fetch(channel(id) + path)).status).toBe(404);
    await running.play(id, 'STARTED');
    const found = await fetch(channel(id) + path);
    expect(found.status).toBe(200);
    const headers = { 'If-None-Match': found.headers.get('etag')! };
    expect((await fetch(channel(id) + path, { headers })).status).toBe(304);
    expect(found.headers.get('x-accel-expires')).toBeNull();
  });
});

/** Reads all ranges as a late client does. Resolves with the lines. */
async function readHistory(base: string): Promise<string> {
  let log = '';
  for (let url: string | undefined = `${base}/messages.ndjson`; url !== undefined;) {
    const response: Response = await fetch(url);
    log += await response.text();
    const next = nextIn(response.headers.get('link') ?? '');
    url = next && new URL(next, url).href;
  }
  return log;
}

/** Requests the same URLs as `readHistory` with HEAD, on an open connection. */
async function requestHistory(socket: TLSSocket, id: string): Promise<void> {
  const path = `/monitor/channels/${id}/messages.ndjson`;
  for (let query: string | undefined = ''; query !== undefined;) {
    socket.write(`HEAD ${path}${query} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    if (!head.subarray(0, 12).equals(Buffer.from('HTTP/1.1 200'))) throw new Error(head.toString());
    query = nextIn(head.toString('latin1'));
  }
}

function nextIn(text: string): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(text)?.[1];
}

function channel(id: string): string {
  return `https://${proxy.address}/monitor/channels/${id}`;
}

function append(id: string, count: number, command = 'TASK'): void {
  const channels = running.monitor.app.get(ChannelsService);
  for (let index = 0; index < count; index++) channels.append({ channelId: id, command });
  channels.flush();
}

function requestsOfMonitor(): number {
  return running.monitor.app.get(HttpServers).public.counters.requests;
}
