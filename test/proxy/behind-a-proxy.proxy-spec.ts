import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import { SettingsStore } from '../../src/config/settings.store.js';
import { AddressLimits } from '../../src/http/addresses/address-limits.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { EventText } from './event-text.js';
import { PROXIES, type ProxyName } from './proxies.js';
import { Proxy } from './proxy.js';

const PREFIX = '/monitor';

// Ids with characters that have a meaning in URLs, that proxies normalize, and that are not ASCII.
const IDS = [
  'a/b',
  'a//b/',
  'a/../b',
  '%2F',
  '100%',
  'ž ?#&"',
  'a;b=c,d:e@f+g',
  'a\\b',
  `[x]{y}|^\`'<z>`,
  '\u{1F600}\n',
];

describe.each(Object.keys(PROXIES) as ProxyName[])('behind %s, as docs/proxies.md configures it,', (name) => {
  const running = setUpMonitor(
    { heartbeat: { interval: 0.2 } },
    { trustedProxies: ['127.0.0.1/32'], proxyProtocol: name === 'haproxy with send-proxy' },
  );
  let proxy: Proxy;

  beforeAll(async () => {
    proxy = await Proxy.start(name, new URL(running.monitor.http).host, inject('certificate'));
  });

  afterAll(() => proxy.stop());

  it('a legacy client gets each message at once, the bytes of the original, and 1000', async () => {
    const id = running.freshId();
    const client = new TestClient(`wss://${proxy.address}${PREFIX}/ws`, { firstMessage: id });
    await running.broker.send(id, 'STARTED');
    await client.received(1);
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await client.received(2);
    await running.broker.send(id, 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual([
      '{"command": "STARTED"}',
      '{"command": "TASK", "task_id": "compile", "task_state": "COMPLETED"}',
      '{"command": "FINISHED"}',
    ]);
  });

  it('a WebSocket stream resumes after a position and ends with the reason', async () => {
    const id = await running.playNew('A', 'B', 'C');
    const epoch = epochOf(id);
    const client = stream(id, `?after=${epoch}-2`);
    expect(await client.received(1)).toEqual([expect.stringContaining(`{"id":"${epoch}-3",`)]);
    await running.broker.send(id, 'D');
    await client.received(2);
    await running.broker.send(id, 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
    expect(client.frames.length).toBe(3);
  });

  it('recodex.v2 works: the sub-protocol, the batches and their heartbeat', async () => {
    const id = running.freshId();
    const protocols = ['recodex.v1', 'recodex.v2'];
    const client = new TestClient(url(id).replace('https', 'wss'), { protocols });
    expect(await client.received(1)).toEqual(['[]']);
    expect(client.socket.protocol).toBe('recodex.v2');
    await running.broker.send(id, 'STARTED');
    await vi.waitFor(() => expect(client.frames.at(-1)).toMatch(/^\[{"id":"[^"]+-1",.*"STARTED"}\]$/));
    client.socket.close();
  });

  it('the address of the monitor shows browsers a page with its assets', async () => {
    const response = await get(`https://${proxy.address}${PREFIX}/`, 'text/html,*/*;q=0.8');
    const links = [...(await response.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    const assets = links.filter((path) => !path.startsWith('data:'));
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) expect((await get(new URL(path, response.url).href, '*/*')).status).toBe(200);
  });

  it('a double slash before the channel has no effect', async () => {
    const id = await running.playNew('STARTED');
    const doubled = url(id).replace('/channels/', '//channels/');
    expect((await get(doubled, 'application/json')).status).toBe(200);
    expect((await get(doubled, 'text/html')).status).toBe(200);
    const client = new TestClient(doubled.replace('https', 'wss'));
    await client.received(1);
    client.socket.close();
  });

  it.each([
    ['HTTP/1.1', (url: string) => EventText.open(url)],
    ['HTTP/2', (url: string) => EventText.openHttp2(url)],
  ] as const)('events arrive over %s one by one, without delay, until the end', async (_, open) => {
    const id = running.freshId();
    const events = await open(url(id));
    expect(events.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
    });
    await events.until('\n\n');
    expect(events.text).toMatch(/^retry: \d+\n\n$/);
    for (let i = 1; i <= 5; i++) {
      await running.broker.send(id, 'TASK', `task ${i}`, 'COMPLETED');
      await events.until(`"task ${i}"`);
    }
    await running.broker.send(id, 'FINISHED');
    await events.ended;
    expect(events.ids.length).toBe(6);
    expect(events.text.endsWith('event: end\nid: end\ndata: {"end":"finished"}\n\n')).toBe(true);
  });

  it('events resume after Last-Event-ID and after ?after=, and the status is 204 after the end', async () => {
    const id = await running.playNew('A', 'B', 'FINISHED');
    const epoch = epochOf(id);
    for (const events of [
      await EventText.open(url(id), { 'Last-Event-ID': `${epoch}-1` }),
      await EventText.open(url(id, `?after=${epoch}-1`)),
    ]) {
      await events.ended;
      expect(events.ids).toEqual([`${epoch}-2`, `${epoch}-3`]);
    }
    expect((await EventText.open(url(id), { 'Last-Event-ID': 'end' })).status).toBe(204);
  });

  it('the heartbeat reaches the client', async () => {
    const client = stream(running.freshId());
    await once(client.socket, 'ping');
    const events = await EventText.open(url(running.freshId()));
    await events.until('\n\n:\n\n');
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    client.socket.close();
    events.close();
  });

  it('a client counts for its own address, whatever it claims in headers', async () => {
    const { table } = running.monitor.app.get(AddressLimits);
    // The clients of the other tests have the address of the proxy.
    const ofProxy = (): number => table.find('127.0.0.1')?.connections ?? 0;
    const before = ofProxy();
    const clients = ['127.0.0.21', '127.0.0.22'].map((localAddress) => {
      const headers = { 'X-Forwarded-For': '198.51.100.1', Forwarded: 'for=198.51.100.2' };
      return new WebSocket(url(running.freshId()).replace('https', 'wss'), { localAddress, headers });
    });
    await Promise.all(clients.map((client) => once(client, 'open')));
    for (const address of ['127.0.0.21', '127.0.0.22']) expect(table.find(address)?.connections).toBe(1);
    for (const forged of ['198.51.100.1', '198.51.100.2']) expect(table.find(forged)).toBeUndefined();
    expect(ofProxy()).toBeLessThanOrEqual(before);
    for (const client of clients) client.terminate();
    await vi.waitFor(() => expect(table.find('127.0.0.21')?.connections ?? 0).toBe(0));
  });

  it('a page of the same site opens its WebSocket when origins is set to another site', async () => {
    const { settings } = running.monitor.app.get(SettingsStore);
    Object.assign(settings, { origins: ['https://front.example.org'] });
    const open = (origin: string): TestClient =>
      new TestClient(url(running.freshId()).replace('https', 'wss'), { origin });
    const own = await open(`https://${proxy.address}`).opened();
    own.socket.terminate();
    await expect(open('https://elsewhere.example.org').closed).rejects.toThrow('403');
    Object.assign(settings, { origins: [] });
  });

  it('a client that disconnects is removed', async () => {
    const id = running.freshId();
    const client = stream(id);
    const events = await EventText.open(url(id));
    const http2Events = await EventText.openHttp2(url(id));
    await running.untilSummary(id, { subscribers: 3 });
    client.socket.terminate();
    events.close();
    http2Events.close();
    await vi.waitFor(() => expect(running.summary(id)).toBeUndefined(), 5000);
  });

  it('the summary has an ETag, and the status is 304 until the summary changes', async () => {
    const id = await running.playNew('STARTED');
    const first = await get(url(id), 'application/json');
    expect(await first.json()).toMatchObject({ id, state: 'running', messages: 1 });
    const etag = { 'If-None-Match': first.headers.get('etag')! };
    expect((await get(url(id), 'application/json', etag)).status).toBe(304);
    await running.broker.send(id, 'ENDED');
    await vi.waitFor(async () => expect((await get(url(id), 'application/json', etag)).status).toBe(200));
  });

  it('the page has its assets and its policy', async () => {
    const response = await get(url(running.freshId()), 'text/html,*/*;q=0.8');
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    const links = [...(await response.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    const assets = links.filter((path) => !path.startsWith('data:'));
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) {
      const asset = await get(new URL(path, response.url).href, '*/*');
      expect(asset.status).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect(asset.headers.get('content-type')).toMatch(/javascript|css|svg/);
    }
  });

  it('the client library is available', async () => {
    const response = await get(`https://${proxy.address}${PREFIX}/client.js`, '*/*');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(await response.text()).toContain('export');
  });

  it.each(IDS)('the id %j does not change', async (id) => {
    await running.play(id, 'STARTED');
    const epoch = epochOf(id);
    const response = await get(url(id), 'application/json');
    expect(((await response.json()) as ChannelSummary).id).toBe(id);
    const client = stream(id, `?after=${epoch}-0`);
    expect(await client.received(1)).toEqual([expect.stringContaining(`{"id":"${epoch}-1",`)]);
    client.socket.close();
  });

  it('a client gets the error responses of the monitor', async () => {
    expect((await get(url(running.freshId()), 'application/json')).status).toBe(404);
    expect((await get(url(running.freshId()), 'image/png')).status).toBe(406);
    expect((await fetch(url(running.freshId()), { method: 'POST' })).status).toBe(405);
    const refused = new TestClient(`wss://${proxy.address}${PREFIX}/channels/%ff`);
    expect(await refused.closed).toEqual({ code: 1008, reason: 'channel id' });
  });

  it('at a restart a client gets 1012, an event stream ends without the event end, and requests get an error of the proxy', async () => {
    const client = await stream(running.freshId()).opened();
    const events = await EventText.open(url(running.freshId()));
    await events.until('retry');
    await running.monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    await events.ended;
    expect(events.text).not.toContain('event: end');
    expect((await get(url(running.freshId()), '*/*')).status).toBeGreaterThanOrEqual(502);
  });

  function epochOf(id: string): string {
    return running.summary(id)!.position.split('-')[0]!;
  }

  function url(id: string, query = ''): string {
    return `https://${proxy.address}${PREFIX}/channels/${encodeURIComponent(id)}${query}`;
  }

  function stream(id: string, query = ''): TestClient {
    return new TestClient(url(id, query).replace('https', 'wss'));
  }
});

function get(url: string, accept: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers: { Accept: accept, ...headers } });
}
