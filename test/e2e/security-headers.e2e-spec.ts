import { beforeAll, describe, expect, it, vi } from 'vitest';
import { AdminRoutes } from '../../src/admin/admin-routes.js';
import { useCertificates } from '../fixtures/certificates.js';
import { firstBytes, handshake, sendRaw } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import { useTokenKeys } from '../fixtures/token-keys.js';

const ORIGIN = 'https://front.example.org';
const CLOSED_POLICY = `default-src 'none'; frame-ancestors 'none'`;

const running = setUpMonitor({}, { origins: [ORIGIN] });
const monitors = useMonitors();
const certificates = useCertificates();
const keys = useTokenKeys();

beforeAll(() => running.play('job', 'STARTED'));

/** The status and the headers of the answer to a request. Names are in lower case. */
async function answerOf(base: string, request: string): Promise<[string, Map<string, string>]> {
  const head = (await firstBytes(base, request)).split('\r\n\r\n', 1)[0]!;
  const [statusLine, ...lines] = head.split('\r\n');
  const names = lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  // Two values of one header would leave the choice to the browser. `Vary` is a list.
  const single = names.filter((name) => name !== 'vary');
  expect(new Set(single).size).toBe(single.length);
  const values = lines.map((line) => line.slice(line.indexOf(':') + 1).trim());
  return [statusLine!.slice(9, 12), new Map(names.map((name, i) => [name, values[i]!]))];
}

function withHost(head: string): string {
  return `${head}\r\nHost: x\r\n\r\n`;
}

function expectSecure(headers: Map<string, string>, listener: 'public' | 'admin'): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringMatching(/^default-src 'none'(;|$)/),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': expect.stringMatching(/^(same|cross)-origin$/),
    'permissions-policy': expect.stringContaining('camera=()'),
    'x-permitted-cross-domain-policies': 'none',
  });
  expect(headers.get('x-frame-options')).toBe(listener === 'admin' ? 'DENY' : undefined);
  expect(headers.has('strict-transport-security')).toBe(false);
  expect(headers.has('x-powered-by')).toBe(false);
  expect(headers.has('server')).toBe(false);
}

/** Requests that are refused before a route gets them, and their statuses. */
const BEFORE_ROUTES: [string, string][] = [
  ['400', 'GET / HTTP/1.1\r\n\r\n'],
  ['400', 'no HTTP at all\r\n\r\n'],
  ['417', withHost('GET / HTTP/1.1\r\nExpect: the unexpected')],
];

describe('an answer of the public listener', () => {
  it.each([
    ...BEFORE_ROUTES,
    ['200', withHost('GET /channels/job HTTP/1.1\r\nAccept: application/json')],
    ['200', withHost(`GET /channels/job HTTP/1.1\r\nAccept: application/json\r\nOrigin: ${ORIGIN}`)],
    ['200', withHost('GET /channels/job HTTP/1.1\r\nAccept: text/event-stream')],
    ['200', withHost('HEAD /channels/job HTTP/1.1\r\nAccept: text/event-stream')],
    ['200', withHost('GET /channels/job HTTP/1.1\r\nAccept: text/html')],
    ['200', withHost('GET /prefix/channels/job HTTP/1.1\r\nAccept: text/html')],
    ['404', withHost('GET /channels/nobody HTTP/1.1\r\nAccept: application/json')],
    ['406', withHost('GET /channels/job HTTP/1.1\r\nAccept: image/png')],
    ['400', withHost('GET /channels/%ff HTTP/1.1')],
    ['400', withHost('GET /channels/%ff HTTP/1.1\r\nAccept: text/html')],
    ['204', withHost('GET /channels/job?after=end HTTP/1.1')],
    ['405', withHost('POST /channels/job HTTP/1.1')],
    ['204', withHost(`OPTIONS /channels/job HTTP/1.1\r\nOrigin: ${ORIGIN}`)],
    ['200', withHost('GET / HTTP/1.1')],
    ['200', withHost('GET / HTTP/1.1\r\nAccept: text/html')],
    ['405', withHost('PUT / HTTP/1.1')],
    ['200', withHost('GET /client.js HTTP/1.1')],
    ['200', withHost('GET /channels/job/badge.svg HTTP/1.1')],
    ['200', withHost('GET /channels/job/summary.json HTTP/1.1')],
    ['406', withHost('GET /client.js HTTP/1.1\r\nAccept-Encoding: identity;q=0, zstd')],
    ['404', withHost('GET /assets/none HTTP/1.1')],
    ['400', withHost('GET /assets/%zz HTTP/1.1')],
    ['404', withHost('GET /nothing HTTP/1.1')],
    ['404', withHost('GET /nothing HTTP/1.1\r\nAccept: text/html')],
    ['200', withHost('GET /health/live HTTP/1.1')],
    ['200', withHost('GET /health/ready HTTP/1.1')],
    ['200', withHost('GET /health/live HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade')],
    ['400', withHost('GET /channels/job HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade')],
    ['405', handshake('/channels/job').replace('GET', 'POST')],
    ['403', handshake('/').replace('Host', 'Origin: https://elsewhere.example.org\r\nHost')],
  ])('has the security headers: %s to %j', async (status, request) => {
    const [answered, headers] = await answerOf(running.monitor.http, request);
    expect(answered).toBe(status);
    expectSecure(headers, 'public');
  });

  it('has them when a limit or the shutdown refuses the client', async () => {
    const { monitor } = await monitors.start({ limits: { connections: 1 } });
    const stream = sendRaw(monitor.http, withHost('GET /channels/job HTTP/1.1\r\nAccept: text/event-stream'));
    await vi.waitFor(() => expect(stream.bytesRead).toBeGreaterThan(0));
    for (const request of [handshake('/'), withHost('GET /channels/job HTTP/1.1')]) {
      const [status, headers] = await answerOf(monitor.http, request);
      expect(status).toBe('503');
      expectSecure(headers, 'public');
    }
    stream.destroy();
  });

  it('has them when the address of the client has reached its limit', async () => {
    const { monitor } = await monitors.start({
      limits: { exempt: [], connects_per_second_per_address: 1 },
    });
    const statuses = [];
    for (let i = 0; i < 12; i++) {
      const [status, headers] = await answerOf(monitor.http, withHost('GET /health/live HTTP/1.1'));
      expectSecure(headers, 'public');
      statuses.push(status);
    }
    expect(new Set(statuses)).toEqual(new Set(['200', '429']));
  });

  it('has them when the client speaks no TLS', async () => {
    const tls = certificates.make();
    const { monitor } = await monitors.start({ tls });
    const plain = monitor.http.replace('https', 'http');
    const [status, headers] = await answerOf(plain, withHost('GET / HTTP/1.1'));
    expect(status).toBe('400');
    expectSecure(headers, 'public');
  });

  it('is the handshake of the original for a WebSocket, with no further header', async () => {
    const [status, headers] = await answerOf(running.monitor.http, handshake('/'));
    expect(status).toBe('101');
    expect([...headers.keys()]).toEqual(['upgrade', 'connection', 'sec-websocket-accept']);
  });
});

describe('an answer of the admin listener', () => {
  it('has the security headers on every route, with every method', async () => {
    const routes = running.monitor.app.get(AdminRoutes, { strict: false }).list;
    expect(routes.length).toBeGreaterThan(10);
    for (const { path } of routes)
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const request = withHost(`${method} ${path.replace(/:\w+/, 'job')} HTTP/1.1\r\nContent-Length: 0`);
        const [, headers] = await answerOf(running.monitor.admin, request);
        expectSecure(headers, 'admin');
      }
  });

  it.each([
    ...BEFORE_ROUTES,
    ['200', withHost('GET / HTTP/1.1\r\nAccept: text/html')],
    ['200', withHost('GET /api/start.js HTTP/1.1')],
    ['404', withHost('GET /assets/none HTTP/1.1')],
    ['404', withHost('GET /nothing HTTP/1.1\r\nAccept: text/html')],
    [
      '403',
      withHost('PUT /log-level HTTP/1.1\r\nOrigin: https://elsewhere.example.org\r\nContent-Length: 0'),
    ],
    ['404', handshake('/channels/job')],
  ])('has the security headers: %s to %j', async (status, request) => {
    const [answered, headers] = await answerOf(running.monitor.admin, request);
    expect(answered).toBe(status);
    expectSecure(headers, 'admin');
  });
});

it('the answer to a head that is too long has the security headers', async () => {
  const long = withHost(`GET /${'x'.repeat(100_000)} HTTP/1.1`);
  for (const listener of ['public', 'admin'] as const) {
    const { http, admin } = running.monitor;
    const [status, headers] = await answerOf(listener === 'public' ? http : admin, long);
    expect(status).toBe('431');
    expectSecure(headers, listener);
  }
});

it('a refusal for a token has the security headers', async () => {
  const auth = { keys: [{ alg: 'HS256', file: keys.secret().path } as const], admin: true };
  const { monitor } = await monitors.start({ auth });
  for (const [base, request, listener] of [
    [monitor.http, withHost('GET /channels/job HTTP/1.1'), 'public'],
    [monitor.http, handshake('/channels/job'), 'public'],
    [monitor.admin, withHost('GET /status HTTP/1.1'), 'admin'],
  ] as const) {
    const [status, headers] = await answerOf(base, request);
    expect(status).toBe('401');
    expectSecure(headers, listener);
  }
});

describe('what other sites may do', () => {
  async function headerOf(name: string, path: string, accept: string): Promise<string | null> {
    return (await running.request(path, accept)).headers.get(name);
  }

  it.each([
    ['the client library', '/client.js', '*/*', 'cross-origin'],
    ['the summary', '/channels/job', 'application/json', 'same-origin'],
    ['the event stream', '/channels/job', 'text/event-stream', 'same-origin'],
    ['the page', '/channels/job', 'text/html', 'same-origin'],
  ])('load without CORS: %s', async (_, path, accept, policy) => {
    expect(await headerOf('cross-origin-resource-policy', path, accept)).toBe(policy);
  });

  it('show in a frame: only the page of a job, and only the sites of origins', async () => {
    const policy = 'content-security-policy';
    expect(await headerOf(policy, '/channels/job', 'text/html')).toContain(`frame-ancestors ${ORIGIN}`);
    expect(await headerOf(policy, '/', 'text/html')).toContain(`frame-ancestors 'none'`);
    for (const accept of ['application/json', 'text/event-stream'])
      expect(await headerOf(policy, '/channels/job', accept)).toBe(CLOSED_POLICY);
  });
});
