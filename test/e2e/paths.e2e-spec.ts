import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { Admission } from '../../src/gateway/admission.js';
import { startMonitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { SseClient } from '../fixtures/sse-client.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const running = setUpMonitor();

beforeAll(async () => {
  await play('job');
});

describe('a channel has the same answers', () => {
  it.each([
    '/channels/job',
    '//channels/job',
    '///channels/job',
    '/monitor//channels/job',
    '/a//b/channels/job',
  ])('at %s', async (path) => {
    const socket = new TestClient(running.monitor.ws + path);
    expect((await socket.received(1))[0]).toContain('"STARTED"');
    socket.socket.terminate();
    const events = await SseClient.open(running.monitor.http + path);
    expect((await events.received(1))[0]!.data).toContain('"STARTED"');
    events.cut();
    const json = await get(path, 'application/json');
    expect(((await json.json()) as ChannelSummary).id).toBe('job');
    for (const method of ['GET', 'HEAD']) expect((await get(path, BROWSER, method)).status).toBe(200);
    for (const type of ['application/json', 'text/event-stream'])
      expect((await get(path, type, 'HEAD')).headers.get('content-type')).toContain(type);
    expect((await get(path, '*/*', 'POST')).status).toBe(405);
    for (const asset of (await (await get(path, BROWSER)).text()).matchAll(/(?:src|href)="\.\.\/([^"]+)"/g))
      expect((await get(path.replace('channels/job', asset[1]!), '*/*')).status).toBe(200);
  });

  it('at a URL with scheme and host, as a proxy may send it', async () => {
    const head = `GET ${running.monitor.http}/channels/job HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n`;
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 200 [^]*"id":"job"/);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'client.js', 'assets', 'health', 'end'])(
    'also with the name %s',
    async (id) => {
      const query = '?__proto__=1&constructor=2&toString=3';
      expect((await get(`/channels/${id}${query}`, 'application/json')).status).toBe(404);
      await play(id);
      const summary = (await (
        await get(`/channels/${id}${query}`, 'application/json')
      ).json()) as ChannelSummary;
      expect(summary).toMatchObject({ id, messages: 1 });
      const legacy = new TestClient(running.monitor.ws, { firstMessage: id });
      expect(await legacy.received(1)).toEqual(['{"command": "STARTED"}']);
      legacy.socket.terminate();
      const stream = await SseClient.open(`${running.monitor.http}/channels/${id}${query}`);
      expect(await stream.received(1)).toMatchObject([{ event: 'message' }]);
      stream.cut();
    },
  );
});

describe('what is no channel', () => {
  it.each([
    '/Channels/job',
    '/CHANNELS/job',
    '/channels/job/',
    '//channels/job/',
    '/channels//job',
    '/channels',
    '/p/channels',
  ])('has the same answers: %s', async (path) => {
    for (const accept of ['application/json', BROWSER, 'text/event-stream', '*/*'])
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
        expect([accept, method, (await get(path, accept, method)).status]).toEqual([accept, method, 404]);
    const legacy = new TestClient(running.monitor.ws + path, { firstMessage: 'job' });
    expect(await legacy.received(1)).toEqual(['{"command": "STARTED"}']);
    legacy.socket.terminate();
  });

  it.each(['/channels/', '//channels/', '/p/channels/%zz', '/channels/%ff'])(
    'is told to be a bad id: %s',
    async (path) => {
      for (const accept of ['application/json', BROWSER, 'text/event-stream', '*/*'])
        for (const method of ['GET', 'HEAD']) expect((await get(path, accept, method)).status).toBe(400);
      expect(await new TestClient(running.monitor.ws + path).closed).toEqual({
        code: 1008,
        reason: 'channel id',
      });
    },
  );
});

describe('a position', () => {
  it.each([
    ['?after=EPOCH-1', {}],
    ['?lastEventId=EPOCH-1', {}],
    ['?lastEventID=EPOCH-1', {}],
    ['?Last-Event-ID=EPOCH-1', {}],
    ['?after=EPOCH-0&lastEventId=EPOCH-1', {}],
    ['?after=&lastEventId=EPOCH-1', {}],
    ['?lastEventId=&after=EPOCH-1', {}],
    ['?after=EPOCH-1', { 'Last-Event-ID': '' }],
    ['?after=other-1', { 'Last-Event-ID': 'EPOCH-1' }],
  ])('is taken from %s with %j', async (query, headers: Record<string, string>) => {
    const id = `position-${query}`;
    for (const command of ['STARTED', 'ENDED']) await running.broker.send(id, command);
    await vi.waitFor(() => expect(summaryOf(id)?.messages).toBe(2));
    const epoch = summaryOf(id)!.position.split('-')[0]!;
    const fill = (text: string): string => text.replaceAll('EPOCH', epoch);
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
    const path = `/channels/${encodeURIComponent(id)}${fill(query)}`;
    const events = await SseClient.open(running.monitor.http + path, sent);
    expect((await events.received(1))[0]!.id).toBe(`${epoch}-2`);
    events.cut();
    if (Object.keys(headers).length > 0) return;
    const socket = new TestClient(running.monitor.ws + path);
    expect((await socket.received(1))[0]).toContain(`{"id":"${epoch}-2"`);
    socket.socket.terminate();
  });

  it.each([
    ['?after=', {}],
    ['?lastEventId=', {}],
    ['?after=&lastEventID=', { 'Last-Event-ID': '' }],
  ])('that is empty is none: %s with %j', async (query, headers: Record<string, string>) => {
    const events = await SseClient.open(`${running.monitor.http}/channels/job${query}`, headers);
    expect((await events.received(1))[0]).toMatchObject({ event: 'message' });
    events.cut();
  });
});

describe('the address of the monitor itself', () => {
  it.each(['/', '//', '/?x=1', '/monitor/', '/a//b/'])('%s gives browsers a page', async (path) => {
    const response = await get(path, BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(response.headers.get('vary')).toContain('Accept');
    const html = await response.text();
    expect(html).toContain('<form');
    const files = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect((await get(path.split('?')[0] + file, '*/*')).status).toBe(200);
  });

  it.each([
    ['curl', 'GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n', 200],
    ['the load balancer of AWS', 'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: ELB-HealthChecker/2.0\r\n', 200],
    ['HAProxy', 'OPTIONS / HTTP/1.0\r\n', 204],
    ['HAProxy with GET', 'GET / HTTP/1.0\r\n', 200],
    ['a probe by HEAD', 'HEAD / HTTP/1.1\r\nHost: x\r\n', 200],
    ['who wants JSON', 'GET / HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n', 200],
    ['who posts', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n', 405],
    ['a probe of a path that is not there', 'GET /status/ HTTP/1.1\r\nHost: x\r\n', 404],
  ])('answers %s', async (_, head, status) => {
    const answer = await raw(head);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status === 200) expect(answer).toMatch(/Content-Type: text\/plain/);
  });

  it('fails the probes of balancers while the monitor takes no clients', async () => {
    const other = await startMonitor();
    other.app.get(Admission).drain();
    expect((await fetch(other.http)).status).toBe(503);
    await other.close();
  });
});

describe('an address where there is nothing', () => {
  it.each([
    ['/nothing', 404, 'There is nothing at this address.'],
    ['/channels/job/', 404, 'There is nothing at this address.'],
    ['/prefix/channels/%zz', 400, 'This address has no valid job id.'],
  ])('shows browsers a page that leads on: %s', async (path, status, notice) => {
    const response = await get(path, BROWSER);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'text/html; charset=utf-8',
    ]);
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    const html = await response.text();
    expect(html).toContain(`role="alert">${notice}<`);
    for (const [, file] of html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g))
      expect((await fetch(new URL(file!, response.url))).status).toBe(200);
  });

  it('tells programs in JSON, and on the admin listener everybody', async () => {
    expect(await (await get('/nothing', '*/*')).json()).toMatchObject({ statusCode: 404 });
    const admin = await fetch(`${running.monitor.admin}/nothing`, { headers: { Accept: BROWSER } });
    expect(await admin.json()).toMatchObject({ statusCode: 404 });
  });
});

describe('every answer', () => {
  it.each([
    'GET /channels/job HTTP/1.1\r\nAccept: application/json',
    'GET /channels/job HTTP/1.1\r\nAccept: text/event-stream',
    'GET /channels/job HTTP/1.1\r\nAccept: text/html',
    'GET /channels/nobody HTTP/1.1\r\nAccept: application/json',
    'GET /channels/job HTTP/1.1\r\nAccept: image/png',
    'GET /channels/%ff HTTP/1.1',
    'GET /channels/job?after=end HTTP/1.1',
    'POST /channels/job HTTP/1.1',
    'GET / HTTP/1.1',
    'OPTIONS / HTTP/1.1',
    'GET /client.js HTTP/1.1',
    'GET /assets/none HTTP/1.1',
    'GET /assets/%zz HTTP/1.1',
    'GET /nothing HTTP/1.1',
    'GET /health/live HTTP/1.1',
    'GET /health/ready HTTP/1.1',
    'GET /channels/job HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade',
  ])('says nosniff, and nothing of what answers: %s', async (head) => {
    const answer = await raw(`${head}\r\nHost: x\r\n`);
    expect(answer).toMatch(/\r\nX-Content-Type-Options: nosniff\r\n/i);
    expect(answer).not.toMatch(/X-Powered-By|Express|node_modules/i);
  });

  it('says how long an idle connection is kept: longer than the 60 s of proxies', async () => {
    for (const base of [running.monitor.http, running.monitor.admin])
      expect((await fetch(`${base}/health/live`)).headers.get('keep-alive')).toBe('timeout=75');
  });

  it('says that an idle connection is kept for a short time only while connections are scarce', async () => {
    const other = await startMonitor({ limits: { connections: 1 } });
    const port = Number(new URL(other.http).port);
    const idle = await Promise.all(
      Array.from({ length: 510 }, async () => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      }),
    );
    // The count of one request holds for the next.
    await vi.waitFor(async () =>
      expect((await fetch(other.http)).headers.get('keep-alive')).toBe('timeout=5'),
    );
    for (const socket of idle) socket.destroy();
    await vi.waitFor(async () =>
      expect((await fetch(other.http)).headers.get('keep-alive')).toBe('timeout=75'),
    );
    await other.close();
  });
});

function get(path: string, accept: string, method = 'GET'): Promise<Response> {
  const controller = new AbortController();
  const response = fetch(running.monitor.http + path, {
    method,
    headers: { Accept: accept },
    signal: controller.signal,
  });
  return response.then((answer) => {
    if (answer.headers.get('content-type') === 'text/event-stream') controller.abort();
    return answer;
  });
}

/** The first bytes of the answer to a head. */
function raw(head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(running.monitor.http).port), '127.0.0.1', () =>
      socket.write(`${head}\r\n`),
    );
    socket.setEncoding('latin1').once('data', (text: string) => {
      socket.destroy();
      resolve(text);
    });
    socket.once('error', reject);
  });
}

async function play(id: string): Promise<void> {
  await running.broker.send(id, 'STARTED');
  await vi.waitFor(() => expect(summaryOf(id)?.messages).toBe(1));
}

function summaryOf(id: string): ChannelSummary | undefined {
  return running.monitor.app.get(ChannelsService).summary(id);
}
