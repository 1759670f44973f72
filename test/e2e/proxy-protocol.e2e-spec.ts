import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressLimits } from '../../src/http/addresses/address-limits.js';
import { Arrivals } from '../../src/http/addresses/arrivals.js';
import { useCertificates } from '../fixtures/certificates.js';
import { handshake, readToClose } from '../fixtures/raw-http.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const HEADER = 'PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n';
const UPGRADE = handshake('/channels/j');

const monitors = useMonitors();
const certificates = useCertificates();
let running: RunningMonitor;
const sockets: Socket[] = [];

beforeEach(async () => {
  running = await monitors.startWithoutBroker({}, { trustedProxies: ['127.0.0.1/32'], proxyProtocol: true });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

function open(localAddress = '127.0.0.1'): Socket {
  const { hostname, port } = new URL(running.monitor.http);
  const socket = connect({ port: Number(port), host: hostname, localAddress, noDelay: true });
  sockets.push(socket.on('error', () => {}));
  return socket;
}

async function firstData(socket: Socket): Promise<string> {
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString('latin1');
}

function connectionsOf(address: string): number | undefined {
  return running.monitor.app.get(AddressLimits).table.find(address)?.connections;
}

it('a connection counts for the client in its header', async () => {
  const socket = open();
  socket.write(HEADER + UPGRADE);
  expect(await firstData(socket)).toMatch(/ 101 /);
  expect(connectionsOf('192.0.2.1')).toBe(1);
  socket.destroy();
  await vi.waitFor(() => expect(connectionsOf('192.0.2.1')).not.toBe(1));
});

it('the header may arrive in pieces', async () => {
  const socket = open();
  await once(socket, 'connect');
  for (const byte of HEADER + UPGRADE) {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await firstData(socket)).toMatch(/ 101 /);
  expect(connectionsOf('192.0.2.1')).toBe(1);
});

it('version 2 works, and a health check of the proxy needs no address', async () => {
  const signature = '\r\n\r\n\0\r\nQUIT\n';
  const client = open();
  client.write(
    Buffer.from(`${signature}\x21\x11\0\x0c${'\xc0\0\x02\x09\x0a\0\0\x01\x12\x67\0\x50'}`, 'latin1'),
  );
  client.write(UPGRADE);
  expect(await firstData(client)).toMatch(/ 101 /);
  expect(connectionsOf('192.0.2.9')).toBe(1);
  const check = open();
  check.write(Buffer.from(`${signature}\x20\0\0\0GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`, 'latin1'));
  expect(await firstData(check)).toMatch(/^HTTP\/1\.1 200 /);
});

it.each(['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'PROXY TCP4 junk\r\n', '\x16\x03\x01'])(
  'a trusted proxy that sends %j loses this connection only',
  async (bytes) => {
    const other = open();
    other.write(HEADER + UPGRADE);
    await firstData(other);
    const socket = open();
    socket.write(bytes);
    expect(await readToClose(socket)).toBe('');
    expect(running.monitor.app.get(Arrivals).invalidProxyHeaders).toBe(1);
    expect(other.closed).toBe(false);
  },
);

it('a proxy that closes within its header leaves nothing behind', async () => {
  const socket = open();
  socket.end(HEADER.slice(0, 10));
  await once(socket, 'close');
  await vi.waitFor(() => expect(running.monitor.app.get(Arrivals).invalidProxyHeaders).toBe(1));
});

it('a header from any other address is a bad request, and needs no header', async () => {
  const forged = open('127.0.0.2');
  forged.write(HEADER + UPGRADE);
  expect(await firstData(forged)).toMatch(/^HTTP\/1\.1 400 /);
  expect(connectionsOf('192.0.2.1')).toBeUndefined();
  const direct = open('127.0.0.2');
  direct.write(UPGRADE);
  expect(await firstData(direct)).toMatch(/ 101 /);
});

it('a request after the header may name a client only if the header names a trusted proxy', async () => {
  const forged = open();
  forged.write(HEADER + UPGRADE.replace('\r\n\r\n', '\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n'));
  await firstData(forged);
  expect(connectionsOf('192.0.2.1')).toBe(1);
  expect(connectionsOf('198.51.100.1')).toBeUndefined();
  const chained = open();
  chained.write(
    'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n' +
      UPGRADE.replace('\r\n\r\n', '\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n'),
  );
  await firstData(chained);
  expect(connectionsOf('198.51.100.1')).toBe(1);
});

describe('before a TLS handshake', () => {
  beforeEach(async () => {
    const options = { trustedProxies: ['127.0.0.1/32'], proxyProtocol: true };
    running = await monitors.startWithoutBroker({ tls: certificates.make() }, options);
  });

  it.each(['in one packet', 'in pieces'])('the header names the client: %s', async (way) => {
    const raw = open();
    await once(raw, 'connect');
    for (const part of way === 'in pieces' ? HEADER : [HEADER]) {
      raw.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const secure = startTls({ socket: raw, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    secure.write(UPGRADE);
    expect(await firstData(secure)).toMatch(/^HTTP\/1\.1 101 /);
    expect(connectionsOf('192.0.2.1')).toBe(1);
    secure.destroy();
    await vi.waitFor(() => expect(connectionsOf('192.0.2.1')).not.toBe(1));
  });

  it('the header is not accepted within TLS, where a client could write it', async () => {
    const raw = open();
    raw.write(HEADER);
    const secure = startTls({ socket: raw, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    secure.write(HEADER.replace('192.0.2.1', '192.0.2.7') + UPGRADE);
    expect(await firstData(secure)).toMatch(/^HTTP\/1\.1 400 /);
    expect(connectionsOf('192.0.2.7')).toBeUndefined();
  });

  it('a handshake without the header costs this connection only', async () => {
    const raw = open();
    const closed = readToClose(raw);
    startTls({ socket: raw, rejectUnauthorized: false }).on('error', () => {});
    await closed;
    expect(running.monitor.app.get(Arrivals).invalidProxyHeaders).toBe(1);
  });

  it('plain HTTP behind the header gets an answer that says what is wrong', async () => {
    const plain = open();
    plain.write(`${HEADER}GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await firstData(plain)).toMatch(/^HTTP\/1\.1 400 [^]*HTTPS only/);
  });
});
