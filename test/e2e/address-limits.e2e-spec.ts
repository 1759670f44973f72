import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { AddressLimits } from '../../src/http/addresses/address-limits.js';
import type { Overrides } from '../fixtures/monitor.js';
import { handshake, readToClose, statusesIn } from '../fixtures/raw-http.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const JSON_GET = 'GET /channels/unknown HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n';
const EVENTS_GET = 'GET /channels/j HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n';

const monitors = useMonitors();

function start(limits: Overrides['limits']): Promise<RunningMonitor> {
  return monitors.startWithoutBroker({ limits: { exempt: [], ...limits } });
}

/** Opens a connection from an address of this machine, and sends bytes. */
function sendFrom(localAddress: string, { monitor }: RunningMonitor, bytes: string): Socket {
  const { hostname, port } = new URL(monitor.http);
  const socket = connect({ port: Number(port), host: hostname, localAddress });
  socket.on('error', () => {}).write(bytes);
  return socket;
}

async function answerTo(localAddress: string, running: RunningMonitor, bytes: string): Promise<string> {
  const socket = sendFrom(localAddress, running, bytes);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString('latin1');
}

function counts({ monitor }: RunningMonitor): AddressLimits['reports']['counts'] {
  return monitor.app.get(AddressLimits).reports.counts;
}

it('an address with all its connections gets 429 in every protocol, and another address is served', async () => {
  const running = await start({ connections_per_address: 1 });
  const first = sendFrom('127.0.0.2', running, handshake('/channels/j'));
  await once(first, 'data');

  const upgrade = await readToClose(sendFrom('127.0.0.2', running, handshake('/')));
  expect(upgrade).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
  expect(upgrade).toMatch(/Retry-After: \d+\r\n/);
  const summary = await readToClose(sendFrom('127.0.0.2', running, JSON_GET));
  expect(summary).toMatch(/^HTTP\/1\.1 429 /);
  expect(summary).toMatch(/Retry-After: \d+\r\n/);
  expect(summary).toContain('too many requests from this address');
  // An EventSource would never come back after an error status.
  const events = await readToClose(sendFrom('127.0.0.2', running, EVENTS_GET));
  expect(events).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n[^]*retry: \d+\n: address\n\n/);

  expect(await answerTo('127.0.0.3', running, handshake('/'))).toMatch(/^HTTP\/1\.1 101 /);
  first.destroy();
  await vi.waitFor(async () =>
    expect(await answerTo('127.0.0.2', running, handshake('/'))).toMatch(/^HTTP\/1\.1 101 /),
  );
  expect(counts(running).connections).toBeGreaterThanOrEqual(3);
});

it('connections far above the limit are closed without an answer, and without a request', async () => {
  const running = await start({ connections_per_address: 1 });
  const sockets = Array.from({ length: 140 }, () => sendFrom('127.0.0.2', running, ''));
  const closed = sockets.map((socket) => once(socket, 'close').then(() => 1));
  await Promise.race(closed);
  await vi.waitFor(() => expect(sockets.filter(({ closed }) => closed).length).toBe(39));
  for (const socket of sockets) socket.destroy();
});

it('new connections above the rate get 429', async () => {
  const running = await start({ connects_per_second_per_address: 1 });
  const statuses: string[] = [];
  for (let i = 0; i < 12; i++)
    statuses.push(...statusesIn(await answerTo('127.0.0.2', running, handshake('/'))));
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill('101'));
  expect(statuses.at(-1)).toBe('429');
  expect(await answerTo('127.0.0.3', running, handshake('/'))).toMatch(/ 101 /);
});

it('an address that guesses gets 429 instead of 404, and its streams continue', async () => {
  const running = await start({ not_found_per_second_per_address: 1 });
  const statuses: string[] = [];
  for (const request of [...Array<string>(11).fill(JSON_GET), 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n', JSON_GET])
    statuses.push(...statusesIn(await answerTo('127.0.0.2', running, request)));
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill('404'));
  expect(statuses.slice(-2)).toEqual(['429', '429']);
  expect(await answerTo('127.0.0.2', running, handshake('/channels/j'))).toMatch(/ 101 /);
  expect(await answerTo('127.0.0.3', running, JSON_GET)).toMatch(/ 404 /);
});

it('input above the rate is read slower, and neither the connection nor a neighbour is closed', async () => {
  const running = await start({ input_bytes_per_second_per_address: 1000, client_frames: 1000 });
  const neighbour = running.connect('/channels/j');
  await neighbour.opened();
  const flooding = running.connect('/channels/j');
  await flooding.opened();
  for (let i = 0; i < 20; i++) flooding.socket.send('x'.repeat(2000));
  await vi.waitFor(() => expect(counts(running).input).toBeGreaterThan(0));
  const answered = once(neighbour.socket, 'pong');
  neighbour.socket.ping();
  await answered;
  expect(flooding.socket.readyState).toBe(flooding.socket.OPEN);
});

it('with report_only everything is served and counted', async () => {
  const running = await start({
    report_only: true,
    connections_per_address: 1,
    not_found_per_second_per_address: 1,
  });
  const answers = [];
  for (let i = 0; i < 13; i++) answers.push(await answerTo('127.0.0.2', running, JSON_GET));
  expect(answers.flatMap(statusesIn)).toEqual(Array(13).fill('404'));
  expect(counts(running)).toMatchObject({ connections: 12 });
  expect(counts(running).not_found).toBeGreaterThan(0);
});

it('by default this machine is exempt', async () => {
  const running = await monitors.startWithoutBroker({ limits: { connections_per_address: 1 } });
  for (let i = 0; i < 5; i++) expect(await answerTo('127.0.0.1', running, handshake('/'))).toMatch(/ 101 /);
});

it('the admin listener has no such limits', async () => {
  const running = await start({ connections_per_address: 1, not_found_per_second_per_address: 1 });
  for (let i = 0; i < 15; i++) expect((await fetch(`${running.monitor.admin}/unknown`)).status).toBe(404);
});

it('a client behind a trusted proxy is limited, and its neighbours behind the proxy are not', async () => {
  const running = await monitors.startWithoutBroker(
    { limits: { connections_per_address: 1 } },
    {
      trustedProxies: ['127.0.0.1/32'],
    },
  );
  const upgrade = (client: string): string =>
    handshake('/channels/j').replace('\r\n\r\n', `\r\nX-Forwarded-For: ${client}\r\n\r\n`);
  expect(await answerTo('127.0.0.1', running, upgrade('192.0.2.1'))).toMatch(/ 101 /);
  expect(await answerTo('127.0.0.1', running, upgrade('192.0.2.1'))).toMatch(/ 429 /);
  // What a client claims before its proxy changes nothing.
  expect(await answerTo('127.0.0.1', running, upgrade('198.51.100.1, 192.0.2.1'))).toMatch(/ 429 /);
  expect(await answerTo('127.0.0.1', running, upgrade('192.0.2.2'))).toMatch(/ 101 /);
  expect(running.monitor.app.get(AddressLimits).table.find('192.0.2.1')?.connections).toBe(1);
});

it('each request of a client behind a trusted proxy counts as a new connection, once', async () => {
  const running = await monitors.startWithoutBroker(
    { limits: { connects_per_second_per_address: 1 } },
    { trustedProxies: ['127.0.0.1/32'] },
  );
  const summary = (client: string): string =>
    JSON_GET.replace('\r\n\r\n', `\r\nX-Forwarded-For: ${client}\r\n\r\n`);
  const statuses: string[] = [];
  for (let i = 0; i < 12; i++)
    statuses.push(...statusesIn(await answerTo('127.0.0.1', running, summary('192.0.2.1'))));
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill('404'));
  expect(statuses.at(-1)).toBe('429');
  expect(await answerTo('127.0.0.1', running, summary('192.0.2.2'))).toMatch(/ 404 /);
  // Requests that the proxy sends for itself.
  for (let i = 0; i < 15; i++) expect(await answerTo('127.0.0.1', running, JSON_GET)).toMatch(/ 404 /);
});
