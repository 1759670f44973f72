import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readToClose, sendRaw, statusesIn, upgradeFields, WEBSOCKET_FIELDS } from '../fixtures/raw-http.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: x\r\n';

const running = setUpMonitor();
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

describe.each(['http', 'admin'] as const)(
  'an upgrade to an unknown protocol on the %s listener',
  (listener) => {
    it.each([
      ['h2c', ''],
      ['H2C', 'HTTP2-Settings: AAMAAABkAAQAAP__\r\n'],
      ['TLS/1.0', ''],
      ['foo/2, bar', ''],
      ['h2c, websocket', ''],
      ['websockets', WEBSOCKET_FIELDS],
    ])('%s is ignored, and the response is a normal one', async (name, more) => {
      expect(await statuses(listener, `${LIVE}${upgradeFields(name)}${more}\r\n`)).toEqual(['200']);
    });

    it('is ignored for every method', async () => {
      expect(
        await statuses(listener, `HEAD /health/live HTTP/1.1\r\nHost: x\r\n${upgradeFields('h2c')}\r\n`),
      ).toEqual(['200']);
      const post = `POST /nowhere HTTP/1.1\r\nHost: x\r\n${upgradeFields('h2c')}Content-Length: 5\r\n\r\nhello`;
      expect(await statuses(listener, post)).toEqual(['404']);
    });

    it('is ignored, and its body is not read as requests', async () => {
      const body = `${LIVE}\r\n`.repeat(100);
      const head = `${LIVE}${upgradeFields('h2c')}Content-Length: ${body.length}\r\n\r\n`;
      expect(await statuses(listener, head + body)).toEqual(['200']);
    });
  },
);

describe('an upgrade to an unknown protocol', () => {
  it('is ignored for an event stream', async () => {
    await running.broker.send('h2c-job', 'FINISHED');
    const request = `GET /channels/h2c-job HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n${upgradeFields('h2c')}\r\n`;
    expect(await readToClose(send('http', request))).toMatch(/^HTTP\/1.1 200 OK[^]*"FINISHED"[^]*event: end/);
  });

  it('does not prevent a WebSocket that the client offers beside it', async () => {
    for (const offer of ['h2c, websocket', 'websocket, h2c', 'WebSocket']) {
      const socket = send(
        'http',
        `GET / HTTP/1.1\r\nHost: x\r\n${upgradeFields(offer)}${WEBSOCKET_FIELDS}\r\n`,
      );
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(data.toString()).toContain('101 Switching Protocols');
    }
  });
});

describe('a frame in the same packet as the handshake', () => {
  it.each([0, 100, 900, 1000, 2000, 5000])(
    'reaches the monitor after a request head with %i more bytes',
    async (padding) => {
      const head = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(padding)}\r\n${upgradeFields('websocket')}${WEBSOCKET_FIELDS}\r\n`;
      const id = 'p'.repeat(120);
      await running.broker.send(id, 'FINISHED');
      const frame = Buffer.concat([Buffer.from([0x81, 0x80 | id.length, 0, 0, 0, 0]), Buffer.from(id)]);
      const socket = send('http', Buffer.concat([Buffer.from(head), frame]));
      // The monitor waits for the client to end its side.
      socket.on('data', (data: Buffer) => data.includes('FINISHED') && socket.end());
      expect(await readToClose(socket)).toContain('{"command": "FINISHED"}');
    },
  );
});

describe.each(['http', 'admin'] as const)('requests on one connection of the %s listener', (listener) => {
  it('are answered in order', async () => {
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
  ])('get at most one response when the client does not wait for it: %s', async (_, request) => {
    expect((await statuses(listener, request.repeat(3))).length).toBeLessThanOrEqual(1);
    expect(
      (await statuses(listener, request + `${LIVE}${upgradeFields('h2c')}\r\n`)).length,
    ).toBeLessThanOrEqual(1);
    expect(
      (await statuses(listener, `${request}${LIVE}${upgradeFields('websocket')}${WEBSOCKET_FIELDS}\r\n`))
        .length,
    ).toBeLessThanOrEqual(1);
  });
});

function send(listener: 'http' | 'admin', bytes: string | Buffer): Socket {
  const socket = sendRaw(running.monitor[listener], bytes);
  sockets.push(socket);
  return socket;
}

/** Statuses of all responses. Ends the connection after the first one. */
async function statuses(listener: 'http' | 'admin', bytes: string): Promise<string[]> {
  const socket = send(listener, bytes);
  const text = readToClose(socket);
  const first = once(socket, 'data').then(() => setImmediate(() => socket.end()));
  first.catch(() => {});
  return statusesIn(await text);
}
