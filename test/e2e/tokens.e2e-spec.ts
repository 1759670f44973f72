import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { readToClose, sendRaw, upgradeFields, WEBSOCKET_FIELDS } from '../fixtures/raw-http.js';
import { useMonitors, setUpMonitor } from '../fixtures/set-up-monitor.js';
import { inSeconds, unsignedToken, useTokenKeys } from '../fixtures/token-keys.js';

const keys = useTokenKeys();
const secret = keys.secret();
const running = setUpMonitor({ auth: { keys: [secret.source], clock_tolerance: 0 } });
const monitors = useMonitors();

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** The answer to an upgrade, as text. */
async function upgrade(path: string, fields: string): Promise<string> {
  const head = `GET ${path} HTTP/1.1\r\nHost: x\r\n${upgradeFields('websocket')}${WEBSOCKET_FIELDS}`;
  const socket = sendRaw(running.monitor.http, `${head}${fields}\r\n`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString('latin1');
}

describe('with a token for the channel', () => {
  it('a WebSocket takes the token from a sub-protocol, and chooses another one', async () => {
    const id = await running.playNew('STARTED');
    const token = await secret.sign({ channels: [id] });
    const client = running.connect(`/channels/${id}`, { protocols: ['recodex.v1', `token.${token}`] });
    await client.received(1);
    expect([client.commands(), client.socket.protocol]).toEqual([['STARTED'], 'recodex.v1']);
  });

  it('a program takes the header', async () => {
    const id = await running.playNew('STARTED', 'FINISHED');
    const headers = bearer(await secret.sign({ channels: ['channel-*'] }));
    const summary = await running.request(`/channels/${id}`, 'application/json', { headers });
    expect([summary.status, await summary.json()]).toEqual([200, expect.objectContaining({ id })]);
    const stream = await running.openEvents(`/channels/${id}`, headers);
    await stream.ended;
    expect(stream.messages).toHaveLength(2);
    const socket = await upgrade(`/channels/${id}`, `Authorization: ${headers.Authorization}\r\n`);
    expect(socket).toMatch(/^HTTP\/1.1 101 /);
  });

  it('a HEAD request and an event stream that is over get their usual answers', async () => {
    const id = await running.playNew('STARTED', 'FINISHED');
    const headers = bearer(await secret.sign({ channels: ['*'] }));
    const head = await running.request(`/channels/${id}`, 'text/event-stream', { method: 'HEAD', headers });
    expect(head.status).toBe(200);
    const over = await running.request(`/channels/${id}`, 'text/event-stream', {
      headers: { ...headers, 'Last-Event-ID': 'end' },
    });
    expect(over.status).toBe(204);
  });

  it('many requests on one connection are answered in order', async () => {
    const token = await secret.sign({ channels: ['*'] });
    for (let index = 0; index < 5; index++) {
      const answer = await running.request('/channels/none', 'application/json', { headers: bearer(token) });
      expect(answer.status).toBe(404);
      await answer.text();
    }
  });
});

describe('without a valid token', () => {
  it.each(['application/json', 'text/event-stream', '*/*'])('Accept: %s gets 401', async (accept) => {
    const answer = await running.request('/channels/j', accept);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.json()).toEqual({
      statusCode: 401,
      error: 'Unauthorized',
      message: expect.stringContaining('Expected a token') as string,
    });
  });

  it('a WebSocket gets 401 before the upgrade', async () => {
    const answer = await upgrade('/channels/j', 'Sec-WebSocket-Protocol: recodex.v1\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/);
    expect(answer).toContain('\r\nWWW-Authenticate: Bearer\r\n');
    expect(answer).toContain('Expected a token');
  });

  it.each([
    ['alg none', () => unsignedToken({ alg: 'none' }, { exp: inSeconds(60), channels: ['*'] })],
    ['another secret', () => keys.secret('x'.repeat(40)).sign({ channels: ['*'] })],
    ['expired', () => secret.sign({ channels: ['*'], exp: inSeconds(-1) })],
    ['garbage', () => 'a.b.c'],
    ['not even that', () => 'x'],
    ['too long', () => secret.sign({ channels: ['x'.repeat(7000)] })],
  ])('a token with a fault gets 401: %s', async (_fault, make) => {
    const token = await make();
    const answer = await running.request('/channels/j', 'application/json', { headers: bearer(token) });
    expect(answer.status).toBe(401);
    const socket = await upgrade('/channels/j', `Sec-WebSocket-Protocol: recodex.v2, token.${token}\r\n`);
    expect(socket).toMatch(/^HTTP\/1.1 401 /);
    expect(socket + (await answer.text())).not.toContain(token.length > 1 ? token : '\u0000');
  });

  it('a token in the query is ignored', async () => {
    const token = await secret.sign({ channels: ['*'] });
    for (const name of ['token', 'access_token', 'jwt', 'authorization']) {
      const answer = await running.request(`/channels/j?${name}=${token}`, 'application/json');
      expect(answer.status).toBe(401);
    }
  });

  it('a client that has the end of a stream gets 401, not 204', async () => {
    const answer = await running.request('/channels/j', 'text/event-stream', {
      headers: { 'Last-Event-ID': 'end' },
    });
    expect(answer.status).toBe(401);
  });

  it('the page, its files, the client library and the probes are served', async () => {
    for (const [path, accept] of [
      ['/channels/j', 'text/html'],
      ['/', 'text/html'],
      ['/client.js', '*/*'],
      ['/health/ready', '*/*'],
    ])
      expect((await running.request(path!, accept!)).status).toBe(200);
  });

  it('a legacy client gets 401, also with a token', async () => {
    const token = await secret.sign({ channels: ['*'] });
    expect(await upgrade('/', '')).toMatch(/^HTTP\/1.1 401 /);
    expect(await upgrade('/any', `Authorization: Bearer ${token}\r\n`)).toMatch(/^HTTP\/1.1 401 /);
  });

  it('a client that leaves while its token is checked costs nothing', async () => {
    const token = await secret.sign({ channels: ['*'] });
    const head = `GET /channels/gone HTTP/1.1\r\nHost: x\r\n${upgradeFields('websocket')}${WEBSOCKET_FIELDS}`;
    for (let index = 0; index < 50; index++)
      sendRaw(running.monitor.http, `${head}Authorization: Bearer ${token}\r\n\r\n`).resetAndDestroy();
    const summary = await running.request('/channels/none', 'application/json', { headers: bearer(token) });
    expect(summary.status).toBe(404);
  });
});

describe('with a token for another channel', () => {
  it.each([[['other']], [['job-1']], [['job-1-*']], [[]], [undefined], [['__proto__']]])(
    'channels %j get 403 for job-10',
    async (channels) => {
      const token = await secret.sign(channels && { channels });
      const answer = await running.request('/channels/job-10', 'application/json', {
        headers: bearer(token),
      });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, null]);
      const stream = await running.openEvents('/channels/job-10', bearer(token));
      expect(stream.status).toBe(403);
      const socket = await upgrade(
        '/channels/job-10',
        `Sec-WebSocket-Protocol: recodex.v2, token.${token}\r\n`,
      );
      expect(socket).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    },
  );

  it('an encoded id is compared after decoding', async () => {
    const token = await secret.sign({ channels: ['a/b'] });
    const read = (path: string) => running.request(path, 'application/json', { headers: bearer(token) });
    expect([(await read('/channels/a%2Fb')).status, (await read('/channels/%61%2Fc')).status]).toEqual([
      404, 403,
    ]);
  });
});

describe('a token that expires', () => {
  it('closes a WebSocket with 1008 token', async () => {
    const token = await secret.sign({ channels: ['*'], exp: inSeconds(2) });
    const client = running.connect('/channels/j', { protocols: ['recodex.v2', `token.${token}`] });
    expect(await client.closed).toEqual({ code: 1008, reason: 'token' });
  });

  it('ends an event stream without an end event, and the next request gets 401', async () => {
    const headers = bearer(await secret.sign({ channels: ['*'], exp: inSeconds(2) }));
    const stream = await running.openEvents('/channels/j', headers);
    expect(stream.status).toBe(200);
    await stream.ended;
    expect(stream.events).toEqual([]);
    expect((await running.openEvents('/channels/j', headers)).status).toBe(401);
  });
});

describe('the settings', () => {
  it('auth.legacy: allow serves clients of the original protocol', async () => {
    const open = await monitors.start({ auth: { keys: [secret.source], legacy: 'allow' } });
    await open.play('j', 'STARTED');
    expect(await open.connectLegacy('j').received(1)).toEqual(['{"command": "STARTED"}']);
    expect((await open.request('/channels/j', 'application/json')).status).toBe(401);
  });

  it('a key that is replaced: both work for a while, then the old token is refused', async () => {
    const next = keys.secret('n'.repeat(40));
    const [oldToken, newToken] = [
      await secret.sign({ channels: ['*'] }),
      await next.sign({ channels: ['*'] }),
    ];
    const statuses = async (...trusted: (typeof secret)[]) => {
      const monitor = await monitors.startWithoutBroker({
        auth: { keys: trusted.map(({ source }) => source) },
      });
      const read = async (token: string) =>
        (await monitor.request('/channels/j', 'application/json', { headers: bearer(token) })).status;
      return [await read(oldToken), await read(newToken)];
    };
    expect(await statuses(secret, next)).toEqual([404, 404]);
    expect(await statuses(next)).toEqual([401, 404]);
  });

  it('without auth.keys a token is ignored', async () => {
    const open = await monitors.startWithoutBroker();
    const answer = await open.request('/channels/j', 'application/json', { headers: bearer('garbage') });
    expect(answer.status).toBe(404);
  });

  it('refused tokens are counted by reason', async () => {
    const monitor = await monitors.startWithoutBroker({ auth: { keys: [secret.source] } });
    await monitor.request('/channels/j', 'application/json');
    await monitor.request('/channels/j', 'application/json', { headers: bearer('x') });
    await monitor.request('/channels/j', 'text/event-stream', { headers: bearer(await secret.sign()) });
    const metrics = await (await fetch(`${monitor.monitor.admin}/metrics`)).text();
    for (const line of [
      'recodex_monitor_refused_tokens_total{reason="missing"} 1',
      'recodex_monitor_refused_tokens_total{reason="malformed"} 1',
      'recodex_monitor_refused_tokens_total{reason="channel"} 1',
      'recodex_monitor_refused_clients_total{reason="unauthorized"} 2',
      'recodex_monitor_refused_clients_total{reason="forbidden"} 1',
    ])
      expect(metrics).toContain(line);
  });
});

it('a request with a body and a pipelined request do not confuse the check', async () => {
  const token = await secret.sign({ channels: ['*'] });
  const request = `GET /channels/j HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: 3\r\n\r\nabc`;
  const socket = sendRaw(running.monitor.http, request);
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1.1 404 /);
  socket.destroy();
  // A client that does not wait for its answer loses its connection; see docs/adr/0009.
  expect(await readToClose(sendRaw(running.monitor.http, request + request))).not.toMatch(/ 200 /);
});
