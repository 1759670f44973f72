import { once } from 'node:events';
import { get } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { channelUrl, watch } from '../../client/client.js';
import { HttpServers } from '../../src/http/http-servers.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { BROWSER, JSON_TYPE } from '../fixtures/accept.js';
import { useCertificates, type CertificateFiles } from '../fixtures/certificates.js';
import { drain } from '../fixtures/client/play-tasks.js';
import { clientHello } from '../fixtures/client-hello.js';
import { firstBytes, handshake, readToClose, sendRaw, statusesIn } from '../fixtures/raw-http.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const REQUEST = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';

const certificates = useCertificates();
const monitors = useMonitors();
const sockets: Socket[] = [];
let files: CertificateFiles;

beforeAll(() => {
  // The certificate is for tests, so no authority has signed it.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  files = certificates.make();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => void vi.unstubAllEnvs());

function start(overrides: Parameters<typeof monitors.start>[0] = {}): Promise<RunningMonitor> {
  return monitors.start({ tls: { ...files }, ...overrides });
}

describe('each protocol over TLS', () => {
  it('streams a job to every kind of client', async () => {
    const running = await start();
    const clients = [running.connect('/channels/j'), running.connectLegacy('j')];
    const batches = running.connect('/channels/j', { protocols: ['recodex.v2'] });
    const events = await running.openEvents('/channels/j');
    await running.untilSummary('j', { subscribers: 4 });
    await running.play('j', 'STARTED', 'ENDED');
    await running.broker.send('j', 'FINISHED');
    for (const client of [...clients, batches]) expect(await client.closed).toMatchObject({ code: 1000 });
    expect(clients[0]!.commands()).toEqual(['STARTED', 'ENDED', 'FINISHED']);
    expect(clients[1]!.frames).toEqual(
      ['STARTED', 'ENDED', 'FINISHED'].map((command) => `{"command": "${command}"}`),
    );
    expect(batches.frames.join('')).toContain('FINISHED');
    await events.ended;
    expect(events.raw).toContain('event: end');
    expect(events.messages).toHaveLength(3);
  });

  it('answers with the summary and the page', async () => {
    const running = await start();
    await running.play('j', 'STARTED');
    const summary = await running.request('/channels/j', JSON_TYPE);
    expect(await summary.json()).toMatchObject({ id: 'j', state: 'running' });
    const page = await running.request('/channels/j', BROWSER);
    expect(page.headers.get('content-type')).toContain('text/html');
    // The name of the host may belong to other services, too: see docs/tls.md.
    expect(page.headers.has('strict-transport-security')).toBe(false);
  });

  it('resumes a WebSocket and an event stream', async () => {
    const running = await start();
    await running.play('j', 'A', 'B', 'C');
    const first = running.connect('/channels/j');
    await first.received(3);
    const second = first.items()[1]!.id!;
    const resumed = running.connect(`/channels/j?after=${second}`);
    await resumed.received(1);
    expect(resumed.commands()).toEqual(['C']);
    const events = await running.openEvents('/channels/j', { 'Last-Event-ID': second });
    await events.received(1);
    expect(events.ids).toEqual([first.items()[2]!.id]);
  });

  it('serves the client library', async () => {
    const running = await start();
    const url = channelUrl(running.monitor.http, 'j');
    expect(url.protocol).toBe('https:');
    const all = drain(watch(url, { WebSocket, transport: 'websocket' }));
    await running.untilSummary('j', { subscribers: 1 });
    await running.broker.send('j', 'FINISHED');
    expect(await all).toMatchObject({ seen: ['FINISHED'], end: { reason: 'finished' } });
  });
});

describe('the limits over TLS', () => {
  it('close a client that does not read with 1013 slow, and delay no other client', async () => {
    const limits = { channel_messages: 50, message_bytes: 200_000, lag: 60 };
    const running = await start({ limits });
    const stalled = await running.connect('/channels/j').opened();
    const other = await running.connect('/channels/j').opened();
    await running.untilSummary('j', { subscribers: 2 });
    stalled.socket.pause();
    for (let i = 0; i < 300; i++) {
      await running.broker.send('j', 'TASK', 'x'.repeat(100_000), 'COMPLETED');
      await other.received(i + 1);
    }
    expect(running.summary('j')!.subscribers).toBe(1);
    stalled.socket.resume();
    expect(await stalled.closed).toEqual({ code: 1013, reason: 'slow' });
    expect(stalled.sequence()).toEqual(stalled.frames.map((_, i) => i + 1));
  });

  it('delay a client that reads slowly, and lose nothing for it', async () => {
    const running = await start({ limits: { lag: 60 } });
    const slow = await running.connect('/channels/j').opened();
    await running.untilSummary('j', { subscribers: 1 });
    slow.socket.pause();
    for (let i = 0; i < 100; i++) await running.broker.send('j', 'TASK', 'x'.repeat(60_000), 'COMPLETED');
    await running.untilSummary('j', { messages: 100 });
    slow.socket.resume();
    await slow.received(100);
    expect(slow.sequence()).toEqual(slow.frames.map((_, i) => i + 1));
  });

  it('refuse a client above limits.connections with 503', async () => {
    const running = await start({ limits: { connections: 1 } });
    await running.connect('/channels/j').opened();
    await expect(running.connect('/channels/j').closed).rejects.toThrow('503');
  });

  it('close a client with a long or a binary message', async () => {
    const running = await start();
    const long = await running.connect('/channels/j').opened();
    long.socket.send('x'.repeat(1_000_000));
    expect(await long.closed).toMatchObject({ code: 1009 });
    const binary = await running.connect('/channels/j').opened();
    binary.socket.send(Buffer.from('x'));
    expect(await binary.closed).toMatchObject({ code: 1003 });
  });
});

describe('requests over TLS', () => {
  it('come one after the other on a connection', async () => {
    const running = await start();
    const socket = await connected(running);
    for (let count = 0; count < 3; count++) {
      socket.write(REQUEST);
      expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
    }
  });

  it('end the connection when they do not wait for an answer', async () => {
    const running = await start();
    const text = await readToClose(sendRaw(running.monitor.http, REQUEST.repeat(50)));
    expect(statusesIn(text).length).toBeLessThanOrEqual(1);
  });

  it('end the connection when the client ends its side', async () => {
    const running = await start();
    const socket = await connected(running);
    const closed = readToClose(socket.end(REQUEST));
    expect(statusesIn(await closed).length).toBeLessThanOrEqual(1);
  });

  it('are refused when they are malformed, with an answer', async () => {
    const running = await start();
    expect(await firstBytes(running.monitor.http, 'nonsense\r\n\r\n')).toContain('400 Bad Request');
  });
});

describe('a client without TLS', () => {
  it.each([
    ['a request', REQUEST],
    ['a WebSocket', handshake('/')],
  ])('gets a clear answer to %s', async (_what, bytes) => {
    const running = await start();
    const plain = running.monitor.http.replace('https:', 'http:');
    const answer = await readToClose(sendRaw(plain, bytes));
    expect(answer).toContain('400 Bad Request');
    expect(answer).toContain('This port speaks HTTPS only');
  });
});

describe('a shutdown over TLS', () => {
  it('closes every WebSocket with 1012 and ends event streams', async () => {
    const running = await start();
    const client = await running.connect('/channels/j').opened();
    const events = await running.openEvents('/channels/j');
    await running.monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    await events.ended;
    expect(events.raw).not.toContain('event: end');
  });

  it('delivers all messages that the broker has sent before', async () => {
    const running = await start();
    const client = await running.connect('/channels/j').opened();
    for (let i = 0; i < 300; i++) await running.broker.send('j', 'TASK', String(i), 'COMPLETED');
    await client.received(1);
    await running.monitor.close();
    expect(await client.closed).toMatchObject({ code: 1012 });
    expect(client.frames).toHaveLength(300);
  });

  it('does not wait for handshakes', async () => {
    const running = await start();
    const { port } = addressOf(running);
    const silent = connectPlain(port);
    const halfway = connectPlain(port);
    halfway.write(await clientHello());
    await once(halfway, 'data');
    const ended = [silent, halfway].map((socket) => readToClose(socket.resume()));
    const begin = performance.now();
    await running.monitor.close();
    await Promise.all(ended);
    expect(performance.now() - begin).toBeLessThan(3000);
  });
});

describe('a new certificate', () => {
  it('is used by new connections, and streams go on', async () => {
    const own = certificates.make({ name: 'old' });
    const running = await monitors.start({ tls: { ...own } });
    const before = await running.connect('/channels/j').opened();
    const events = await running.openEvents('/channels/j');
    await running.play('j', 'STARTED');
    certificates.replace(own, certificates.make({ name: 'new' }));
    expect(await running.monitor.app.get(HttpServers).certificates.reload()).toEqual([]);
    const after = await connected(running);
    expect(after.getPeerCertificate().subject.CN).toBe('new');
    await running.play('j', 'ENDED');
    await before.received(2);
    await events.received(2);
    expect(before.commands()).toEqual(['STARTED', 'ENDED']);
  });
});

describe('with tls.ca', () => {
  it('only a client with a certificate is served', async () => {
    const authority = certificates.make({ name: 'authority' });
    const { cert, key } = certificates.make({ authority });
    const running = await start({ tls: { ...files, ca: authority.cert } });
    const pair = { cert: certificates.read(cert), key: certificates.read(key) };
    const [response] = (await once(
      get(`${running.monitor.http}/health/live`, { ...pair, agent: false }),
      'response',
    )) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(200);
    await expect(fetch(`${running.monitor.http}/health/live`)).rejects.toThrow('fetch failed');
    expect((await fetch(`${running.monitor.admin}/health/live`)).status).toBe(200);
  });
});

it('operators see the end of the certificate, the handshakes and the address', async () => {
  const running = await start();
  await running.connect('/channels/j').opened();
  await readToClose(sendRaw(running.monitor.http.replace('https:', 'http:'), REQUEST));
  const metrics = await running.monitor.app.get(MetricsService).text();
  const [, end] = /^recodex_monitor_tls_certificate_expiry_timestamp_seconds (\S+)$/m.exec(metrics)!;
  expect(Number(end) - Date.now() / 1000).toBeGreaterThan(89 * 86_400);
  expect(metrics).toMatch(/^recodex_monitor_tls_handshakes_total 1$/m);
  expect(metrics).toMatch(/^recodex_monitor_tls_failed_handshakes_total\{reason="plain_http"\} 1$/m);
  expect(metrics).toMatch(/^recodex_monitor_tls_reloads_total\{outcome="refused"\} 0$/m);
  const status = await fetch(`${running.monitor.admin}/status`);
  expect(await status.json()).toMatchObject({ listeners: { public: [`${running.monitor.http}/`] } });
});

function addressOf({ monitor }: RunningMonitor): { host: string; port: number } {
  return { host: '127.0.0.1', port: Number(new URL(monitor.http).port) };
}

async function connected(running: RunningMonitor): Promise<TLSSocket> {
  const socket = connect(addressOf(running));
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}
