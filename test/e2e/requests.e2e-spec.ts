import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

let monitor: Monitor;
const sockets: Socket[] = [];

beforeAll(async () => {
  monitor = await startMonitor();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => monitor.close());

describe.each(['http', 'admin'] as const)('an upgrade that is not known, on the %s listener', (listener) => {
  it.each([
    ['h2c', ''],
    ['H2C', 'HTTP2-Settings: AAMAAABkAAQAAP__\r\n'],
    ['TLS/1.0', ''],
    ['foo/2, bar', ''],
    ['h2c, websocket', ''],
    ['websockets', KEY],
  ])('%s is ignored, and the request is answered', async (name, more) => {
    expect(await answers(listener, `${LIVE}${upgrade(name)}${more}\r\n`)).toEqual(['200']);
  });

  it('is ignored for every method', async () => {
    expect(await answers(listener, `HEAD /health/live HTTP/1.1\r\nHost: x\r\n${upgrade('h2c')}\r\n`)).toEqual(
      ['200'],
    );
    const post = `POST /nowhere HTTP/1.1\r\nHost: x\r\n${upgrade('h2c')}Content-Length: 5\r\n\r\nhello`;
    expect(await answers(listener, post)).toEqual(['404']);
  });

  it('is ignored with a body, which is no request', async () => {
    const body = `${LIVE}\r\n`.repeat(100);
    const head = `${LIVE}${upgrade('h2c')}Content-Length: ${body.length}\r\n\r\n`;
    expect(await answers(listener, head + body)).toEqual(['200']);
  });
});

describe('an upgrade that is not known', () => {
  it('is ignored for a stream, too', async () => {
    const broker = await FakeBroker.connect(monitor.endpoint);
    await broker.send('h2c-job', 'FINISHED');
    const request = `GET /channels/h2c-job HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n${upgrade('h2c')}\r\n`;
    expect(await textOf(send('http', request))).toMatch(/^HTTP\/1.1 200 OK[^]*"FINISHED"[^]*event: end/);
    broker.close();
  });

  it('leaves a WebSocket that is offered beside it', async () => {
    for (const offer of ['h2c, websocket', 'websocket, h2c', 'WebSocket']) {
      const socket = send('http', `GET / HTTP/1.1\r\nHost: x\r\n${upgrade(offer)}${KEY}\r\n`);
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toContain('101 Switching Protocols');
    }
  });
});

describe('what a client sends behind its handshake', () => {
  it.each([0, 100, 900, 1000, 2000, 5000])(
    'reaches the monitor behind a head with %i bytes more',
    async (padding) => {
      const head = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(padding)}\r\n${upgrade('websocket')}${KEY}\r\n`;
      const id = 'p'.repeat(120);
      const broker = await FakeBroker.connect(monitor.endpoint);
      await broker.send(id, 'FINISHED');
      const frame = Buffer.concat([Buffer.from([0x81, 0x80 | id.length, 0, 0, 0, 0]), Buffer.from(id)]);
      const socket = send('http', Buffer.concat([Buffer.from(head), frame]));
      // Ended by the monitor's close frame, which this client answers with the end of its side.
      socket.on('data', (data: Buffer) => data.includes('FINISHED') && socket.end());
      expect(await textOf(socket)).toContain('{"command": "FINISHED"}');
      broker.close();
    },
  );
});

describe.each(['http', 'admin'] as const)('requests on one connection of the %s listener', (listener) => {
  it('are answered one after the other', async () => {
    const socket = send(listener, '');
    for (let i = 0; i < 30; i++) {
      socket.write(
        i % 2 ? `${LIVE}\r\n` : 'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
      );
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toMatch(i % 2 ? /^HTTP\/1.1 200/ : /^HTTP\/1.1 404/);
    }
  });

  it.each([
    ['GET', `${LIVE}\r\n`],
    ['HEAD', 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['POST', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'],
    ['chunks', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
  ])('end it when the next comes before the answer: %s', async (_, request) => {
    expect((await answers(listener, request.repeat(3))).length).toBeLessThanOrEqual(1);
    expect((await answers(listener, request + `${LIVE}${upgrade('h2c')}\r\n`)).length).toBeLessThanOrEqual(1);
    expect(
      (await answers(listener, `${request}${LIVE}${upgrade('websocket')}${KEY}\r\n`)).length,
    ).toBeLessThanOrEqual(1);
  });
});

function upgrade(name: string): string {
  return `Upgrade: ${name}\r\nConnection: Upgrade\r\n`;
}

function send(listener: 'http' | 'admin', bytes: string | Buffer): Socket {
  const socket = connect(Number(new URL(monitor[listener]).port), '127.0.0.1');
  socket.on('error', () => {}).write(bytes);
  sockets.push(socket);
  return socket;
}

/** Statuses of all answers; on a connection that stays open only the first. */
async function answers(listener: 'http' | 'admin', bytes: string): Promise<string[]> {
  const socket = send(listener, bytes);
  const text = textOf(socket);
  const first = once(socket, 'data').then(() => setImmediate(() => socket.end()));
  first.catch(() => {});
  return [...(await text).matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status!);
}

/** All that comes until the connection is closed. */
function textOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}
