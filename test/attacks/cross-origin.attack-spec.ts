import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstBytes, handshake } from '../fixtures/raw-http.js';
import { Daemon } from './daemon.js';

const LISTED = 'https://example.org';
const PATTERN = 'https://*.example.net';

/** Origins that look like the listed ones, and origins of no site. */
const FOREIGN = [
  'https://example.org.evil.net',
  'https://evilexample.org',
  'https://sub.example.org',
  'https://example.org.',
  'https://example.org:8443',
  'https://example.org:443',
  'http://example.org',
  'HTTPS://EXAMPLE.ORG',
  'https://example.org@evil.net',
  'https://evil.net#https://example.org',
  'https://evil.net/https://example.org',
  'https://example.org/',
  'https://example.org https://evil.net',
  'https://example.org, https://evil.net',
  'https://example.org\thttps://evil.net',
  'https://example%2eorg',
  'https://example.net',
  'https://evilexample.net',
  'https://a.example.net.evil.net',
  'https://a.example.net:8443',
  'https://a.example.net.',
  'https://evil.net/.example.net',
  'https://evil.net?.example.net',
  'https://evil.net#.example.net',
  'https://evil.net\\.example.net',
  'https://evil.net:1@a.example.net',
  'https://a b.example.net',
  'http://a.example.net',
  'null',
  'NULL',
  'file://',
  '*',
  'https://*.example.net',
  'chrome-extension://abcdefghijklmnop',
  `https://${'a'.repeat(100)}.example.org`,
];

let listed: Daemon;
let open: Daemon;

beforeAll(async () => {
  listed = await Daemon.start({ settings: { ORIGINS: `${LISTED},${PATTERN}` } });
  open = await Daemon.start();
});
afterAll(() => {
  listed.kill();
  open.kill();
});

const READS = ['application/json', 'text/event-stream', 'text/html'];

function read(accept: string, origin: string): string {
  return `GET /channels/job HTTP/1.1\r\nHost: monitor\r\nOrigin: ${origin}\r\nAccept: ${accept}\r\n\r\n`;
}

function preflight(origin: string, method: string): string {
  const wanted = `Access-Control-Request-Method: ${method}\r\nAccess-Control-Request-Headers: authorization`;
  return `OPTIONS /channels/job HTTP/1.1\r\nHost: monitor\r\nOrigin: ${origin}\r\n${wanted}\r\n\r\n`;
}

function webSocket(path: string, origin: string): string {
  return handshake(path).replace('\r\n\r\n', `\r\nOrigin: ${origin}\r\n\r\n`);
}

/** The value of `Access-Control-Allow-Origin`, with which a browser lets a page read the answer. */
async function allowedBy(url: string, request: string): Promise<string | undefined> {
  return /^access-control-allow-origin: *(.*?)\r$/im.exec(await firstBytes(url, request))?.[1];
}

function adminOf(daemon: Daemon): string {
  return `http://127.0.0.1:${daemon.adminPort}`;
}

describe('when origins is set, a page of another site', () => {
  it.each(FOREIGN)('cannot read the progress of a job: %s', async (origin) => {
    for (const accept of READS) expect(await allowedBy(listed.http, read(accept, origin))).toBeUndefined();
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(await allowedBy(listed.http, preflight(origin, method))).toBeUndefined();
    for (const path of ['/', '/channels/job'])
      expect(await firstBytes(listed.http, webSocket(path, origin))).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe.each([LISTED, 'https://a.example.net', 'https://a.b.example.net'])('a page of %s', (origin) => {
  it('can read', async () => {
    for (const accept of READS) expect(await allowedBy(listed.http, read(accept, origin))).toBe(origin);
    expect(await firstBytes(listed.http, webSocket('/', origin))).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('gets no permission to change anything, and none to send credentials', async () => {
    const answer = await firstBytes(listed.http, preflight(origin, 'DELETE'));
    expect(answer).toMatch(/^access-control-allow-methods: GET,HEAD\r$/im);
    expect(answer).not.toMatch(/access-control-allow-credentials/i);
  });
});

describe('when origins is not set, a page of another site', () => {
  it.each([LISTED, 'null', 'https://monitor.evil.net'])('cannot read over HTTP: %s', async (origin) => {
    for (const accept of READS) expect(await allowedBy(open.http, read(accept, origin))).toBeUndefined();
    expect(await allowedBy(open.http, preflight(origin, 'GET'))).toBeUndefined();
  });

  it('can open a WebSocket, as with the original', async () => {
    expect(await firstBytes(open.http, webSocket('/', 'https://evil.net'))).toMatch(/^HTTP\/1\.1 101 /);
  });
});

it.each([LISTED, 'https://evil.net', 'null'])(
  'the browser of an operator neither shows nor changes the admin listener for a page of %s',
  async (origin) => {
    const admin = adminOf(listed);
    for (const accept of READS) expect(await allowedBy(admin, read(accept, origin))).toBeUndefined();
    expect(await allowedBy(admin, preflight(origin, 'DELETE'))).toBeUndefined();
    for (const [method, path] of [
      ['POST', '/channels/forged'],
      ['DELETE', '/channels/job'],
      ['PUT', '/log-level'],
      ['POST', '/-/reload'],
    ]) {
      // A page may send this type without a preflight.
      const fields = `Host: monitor\r\nOrigin: ${origin}\r\nContent-Type: text/plain\r\nContent-Length: 2`;
      const answer = await firstBytes(admin, `${method} ${path} HTTP/1.1\r\n${fields}\r\n\r\n{}`);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    }
  },
);
