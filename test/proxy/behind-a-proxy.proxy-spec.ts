import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { EventText } from './event-text.js';
import { PROXIES, type ProxyName } from './proxies.js';
import { Proxy } from './proxy.js';

const PREFIX = '/monitor';

// What a URL gives a meaning to, what a proxy likes to tidy up, and what is no ASCII.
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
  let monitor: Monitor;
  let broker: FakeBroker;
  let proxy: Proxy;
  let number = 0;

  beforeAll(async () => {
    monitor = await startMonitor({ heartbeat: { interval: 0.2 } });
    broker = await FakeBroker.connect(monitor.endpoint);
    proxy = await Proxy.start(name, new URL(monitor.http).host, inject('certificate'));
  });

  afterAll(async () => {
    broker.close();
    await proxy.stop();
    await monitor.close();
  });

  it('a legacy client gets the bytes of the original and 1000, message by message', async () => {
    const id = fresh();
    const client = new TestClient(`wss://${proxy.address}${PREFIX}/ws`, { firstMessage: id });
    await broker.send(id, 'STARTED');
    await client.received(1);
    await broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await client.received(2);
    await broker.send(id, 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual([
      '{"command": "STARTED"}',
      '{"command": "TASK", "task_id": "compile", "task_state": "COMPLETED"}',
      '{"command": "FINISHED"}',
    ]);
  });

  it('a WebSocket stream resumes after a position and ends with the reason', async () => {
    const id = await played('A', 'B', 'C');
    const { epoch } = position(id);
    const client = stream(id, `?after=${epoch}-2`);
    expect(await client.received(1)).toEqual([expect.stringContaining(`{"id":"${epoch}-3",`)]);
    await broker.send(id, 'D');
    await client.received(2);
    await broker.send(id, 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
    expect(client.frames.length).toBe(3);
  });

  it('the sub-protocol is agreed on, and batches and their heartbeat come through', async () => {
    const id = fresh();
    const protocols = ['recodex.v1', 'recodex.v2'];
    const client = new TestClient(url(id).replace('https', 'wss'), { protocols });
    expect(await client.received(1)).toEqual(['[]']);
    expect(client.socket.protocol).toBe('recodex.v2');
    await broker.send(id, 'STARTED');
    await vi.waitFor(() => expect(client.frames.at(-1)).toMatch(/^\[{"id":"[^"]+-1",.*"STARTED"}\]$/));
    client.socket.close();
  });

  it('the address of the monitor shows browsers a page with its assets', async () => {
    const response = await get(`https://${proxy.address}${PREFIX}/`, 'text/html,*/*;q=0.8');
    const assets = [...(await response.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) expect((await get(new URL(path, response.url).href, '*/*')).status).toBe(200);
  });

  it('a doubled slash before the channel changes nothing', async () => {
    const id = await played('STARTED');
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
  ] as const)('events come over %s one by one, without delay, to the end', async (_, open) => {
    const id = fresh();
    const events = await open(url(id));
    expect(events.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
    });
    await events.until('\n\n');
    expect(events.text).toMatch(/^retry: \d+\n\n$/);
    for (let i = 1; i <= 5; i++) {
      await broker.send(id, 'TASK', `task ${i}`, 'COMPLETED');
      await events.until(`"task ${i}"`);
    }
    await broker.send(id, 'FINISHED');
    await events.ended;
    expect(events.ids.length).toBe(6);
    expect(events.text.endsWith('event: end\nid: end\ndata: {"end":"finished"}\n\n')).toBe(true);
  });

  it('events resume after Last-Event-ID and after ?after=, and are over after the end', async () => {
    const id = await played('A', 'B', 'FINISHED');
    const { epoch } = position(id);
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
    const client = stream(fresh());
    await once(client.socket, 'ping');
    const events = await EventText.open(url(fresh()));
    await events.until('\n\n:\n\n');
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    client.socket.close();
    events.leave();
  });

  it('a client that goes is given up', async () => {
    const id = fresh();
    const client = stream(id);
    const events = await EventText.open(url(id));
    const events2 = await EventText.openHttp2(url(id));
    await vi.waitFor(() => expect(summary(id)?.subscribers).toBe(3));
    client.socket.terminate();
    events.leave();
    events2.leave();
    await vi.waitFor(() => expect(summary(id)).toBeUndefined(), 5000);
  });

  it('the summary has an ETag, and 304 while nothing has changed', async () => {
    const id = await played('STARTED');
    const first = await get(url(id), 'application/json');
    expect(await first.json()).toMatchObject({ id, state: 'running', messages: 1 });
    const etag = { 'If-None-Match': first.headers.get('etag')! };
    expect((await get(url(id), 'application/json', etag)).status).toBe(304);
    await broker.send(id, 'ENDED');
    await vi.waitFor(async () => expect((await get(url(id), 'application/json', etag)).status).toBe(200));
  });

  it('the page comes with all its assets and its policy', async () => {
    const response = await get(url(fresh()), 'text/html,*/*;q=0.8');
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    const assets = [...(await response.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) {
      const asset = await get(new URL(path, response.url).href, '*/*');
      expect(asset.status).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect(asset.headers.get('content-type')).toMatch(/javascript|css|svg/);
    }
  });

  it('the client library is there', async () => {
    const response = await get(`https://${proxy.address}${PREFIX}/client.js`, '*/*');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(await response.text()).toContain('export');
  });

  it.each(IDS)('the id %j stays what it is', async (id) => {
    await broker.send(id, 'STARTED');
    await vi.waitFor(() => expect(summary(id)?.messages).toBe(1));
    const { epoch } = position(id);
    const response = await get(url(id), 'application/json');
    expect(((await response.json()) as ChannelSummary).id).toBe(id);
    const client = stream(id, `?after=${epoch}-0`);
    expect(await client.received(1)).toEqual([expect.stringContaining(`{"id":"${epoch}-1",`)]);
    client.socket.close();
  });

  it('the answers to what is wrong come through', async () => {
    expect((await get(url(fresh()), 'application/json')).status).toBe(404);
    expect((await get(url(fresh()), 'image/png')).status).toBe(406);
    expect((await fetch(url(fresh()), { method: 'POST' })).status).toBe(405);
    const refused = new TestClient(`wss://${proxy.address}${PREFIX}/channels/%ff`);
    expect(await refused.closed).toEqual({ code: 1008, reason: 'channel id' });
  });

  it('a restart is told: 1012, events without an end, and then the error of the proxy', async () => {
    const client = await stream(fresh()).opened();
    const events = await EventText.open(url(fresh()));
    await events.until('retry');
    await monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    await events.ended;
    expect(events.text).not.toContain('event: end');
    expect((await get(url(fresh()), '*/*')).status).toBeGreaterThanOrEqual(502);
  });

  function fresh(): string {
    return `${name}-${++number}`;
  }

  /** Plays a job and waits until the monitor has all of it. */
  async function played(...commands: string[]): Promise<string> {
    const id = fresh();
    for (const command of commands) await broker.send(id, command);
    await vi.waitFor(() => expect(summary(id)?.messages).toBe(commands.length));
    return id;
  }

  function position(id: string): { epoch: string } {
    return { epoch: summary(id)!.position.split('-')[0]! };
  }

  function summary(id: string): ChannelSummary | undefined {
    return monitor.app.get(ChannelsService).summary(id);
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
