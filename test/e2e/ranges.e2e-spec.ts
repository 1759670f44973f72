import { describe, expect, it, vi } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { BROWSER, EVENTS, JSON_TYPE, NDJSON } from '../fixtures/accept.js';
import { firstBytes, readToClose, sendRaw } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import { inSeconds, useTokenKeys } from '../fixtures/token-keys.js';

const ORIGIN = 'https://recodex.example.org';
const IMMUTABLE = 'public, max-age=86400, immutable';

const running = setUpMonitor({}, { origins: [ORIGIN] });
const monitors = useMonitors();
const keys = useTokenKeys();

interface Line {
  readonly id: string;
  readonly command: string;
}

const get = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(running.monitor.http + path, { ...init, headers });

const linesOf = async (response: Response): Promise<Line[]> =>
  (await response.text())
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

const commandsOf = async (response: Response): Promise<string[]> =>
  (await linesOf(response)).map(({ command }) => command);

const epochOf = (id: string): string => running.summary(id)!.position.split('-')[0]!;

const nextOf = (response: Response): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];

/** Appends many messages at once. */
function appendMany(id: string, count: number, taskId = 'compile'): void {
  const channels = running.monitor.app.get(ChannelsService);
  for (let index = 0; index < count; index++)
    channels.append({ channelId: id, command: 'TASK', taskId, taskState: 'COMPLETED' });
  channels.flush();
}

describe('a range of messages', () => {
  it('has the same lines as the stream', async () => {
    const id = running.freshId();
    await running.broker.send(id, 'STARTED');
    await running.broker.send(id, 'TASK', 'žluť "\n', 'FAILED');
    await running.broker.send(id, 'FINISHED');
    const client = running.connect(`/channels/${id}`);
    await client.closed;
    const range = await get(`/channels/${id}?from=1&limit=3&epoch=${epochOf(id)}`);
    expect(range.headers.get('content-type')).toBe('application/x-ndjson');
    expect((await range.text()).split('\n')).toEqual([...client.frames, '']);
  });

  it.each([
    ['/channels/ID?from=2&limit=2', '*/*'],
    ['/channels/ID?limit=2&from=2', NDJSON],
    ['/any/prefix/channels/ID/messages.ndjson?from=2&limit=2', BROWSER],
    ['/channels/ID/messages.ndjson?from=2&limit=2', EVENTS],
  ])('is at %s for Accept: %s', async (path, accept) => {
    const id = await running.playNew('A', 'B', 'C', 'D');
    const range = await get(path.replace('ID', id), { accept });
    expect(await commandsOf(range)).toEqual(['B', 'C']);
    expect(/\bAccept\b/.test(range.headers.get('vary') ?? '')).toBe(!path.includes('ndjson'));
  });

  it('begins with the oldest message that is kept by default', async () => {
    const id = await running.playNew('A', 'B');
    for (const path of [`/channels/${id}/messages.ndjson`, `/channels/${id}`]) {
      const range = await get(path, { accept: NDJSON });
      expect(range.headers.get('content-location')).toBe(`?epoch=${epochOf(id)}&from=1&limit=1000`);
      expect(await commandsOf(range)).toEqual(['A', 'B']);
    }
  });

  it.each([
    [EVENTS, EVENTS],
    [JSON_TYPE, JSON_TYPE],
    [BROWSER, 'text/html'],
    ['text/*', EVENTS],
  ])('is not the answer to Accept: %s, in spite of from', async (accept, type) => {
    const id = await running.playNew('A');
    const response = await running.request(`/channels/${id}?from=1`, accept);
    expect(response.headers.get('content-type')).toContain(type);
  });

  it('is not the answer to a client that accepts everything and sends no from', async () => {
    const response = await running.request(`/channels/${await running.playNew('A')}?limit=1`, '*/*');
    expect(response.headers.get('content-type')).toContain(EVENTS);
  });

  it('gets HEAD too, and no other method', async () => {
    const id = await running.playNew('A', 'B');
    const path = `/channels/${id}/messages.ndjson?from=1&limit=1&epoch=${epochOf(id)}`;
    const head = await get(path, {}, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['cache-control', 'etag', 'link', 'content-type'])
      expect(head.headers.get(name)).toBe((await get(path)).headers.get(name));
    expect((await get(path, {}, { method: 'POST' })).status).toBe(405);
  });

  it('is readable for scripts of the origins, with its link and its ETag', async () => {
    const id = await running.playNew('A');
    const range = await get(`/channels/${id}?from=1`, { origin: ORIGIN });
    expect(range.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(range.headers.get('access-control-expose-headers')).toBe('ETag,Link');
    expect(range.headers.get('vary')).toContain('Origin');
    expect(range.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('of many messages arrives whole, over HTTP/1.0 too, while other clients get their messages', async () => {
    const id = running.freshId();
    appendMany(id, 1000, 'x'.repeat(900));
    const watcher = running.connect('/channels/other');
    await watcher.opened();
    const range = get(`/channels/${id}?from=1&limit=1000`);
    await running.broker.send('other', 'STARTED');
    await watcher.received(1);
    const lines = await linesOf(await range);
    expect(lines.map(({ id: position }) => position)).toEqual(
      lines.map((_, index) => `${epochOf(id)}-${index + 1}`),
    );
    expect(lines.length).toBe(1000);
    const raw = await readToClose(
      sendRaw(running.monitor.http, `GET /channels/${id}?from=1&limit=999 HTTP/1.0\r\n\r\n`),
    );
    expect(raw.split('\r\n\r\n')[1]!.split('\n').length).toBe(1000);
  });

  it('costs no connection and no process when the client leaves in the middle', async () => {
    const id = running.freshId();
    appendMany(id, 1000, 'x'.repeat(900));
    for (let index = 0; index < 5; index++) {
      const socket = sendRaw(
        running.monitor.http,
        `GET /channels/${id}?from=1&limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n`,
      );
      await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(0));
      socket.destroy();
    }
    expect((await linesOf(await get(`/channels/${id}?from=1000&limit=10`))).length).toBe(1);
  });
});

describe('for caches, a range', () => {
  it('of a URL with an epoch is immutable when it is full', async () => {
    const id = await running.playNew('A', 'B', 'C');
    const range = await get(`/channels/${id}?from=1&limit=2&epoch=${epochOf(id)}`);
    expect(range.headers.get('cache-control')).toBe(IMMUTABLE);
    expect(range.headers.get('x-accel-expires')).toBeNull();
    expect(range.headers.get('etag')).toBe(`"${epochOf(id)}-1-2"`);
    expect(nextOf(range)).toBe(`?epoch=${epochOf(id)}&from=3&limit=2`);
  });

  it('of a URL without an epoch must be asked for again, and names the URL with the epoch', async () => {
    const id = await running.playNew('A', 'B', 'C');
    const range = await get(`/channels/${id}/messages.ndjson?from=2&limit=1`);
    expect(range.headers.get('cache-control')).toBe('public, no-cache');
    expect(range.headers.get('x-accel-expires')).toBe('1');
    const location = range.headers.get('content-location')!;
    const named = await get(`/channels/${id}/messages.ndjson${location}`);
    expect(named.headers.get('cache-control')).toBe(IMMUTABLE);
    expect(await named.text()).toBe(await range.text());
  });

  it('of a URL without a first message is not immutable, because the log may be trimmed', async () => {
    const id = await running.playNew('A', 'FINISHED');
    const range = await get(`/channels/${id}/messages.ndjson?epoch=${epochOf(id)}`);
    expect(range.headers.get('cache-control')).toBe('public, no-cache');
    expect(range.headers.get('content-location')).toBe(`?epoch=${epochOf(id)}&from=1&limit=1000`);
  });

  it('tells nginx first how long it may keep the answer', async () => {
    const id = await running.playNew('A');
    const answer = await firstBytes(
      running.monitor.http,
      `GET /channels/${id}?from=1 HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    expect(answer).toMatch(/\r\nX-Accel-Expires: 1\r\n([^]*\r\n)?Cache-Control: public, no-cache\r\n/);
  });

  it('at the end must be asked for again, and its ETag changes with each message', async () => {
    const id = await running.playNew('A');
    const path = `/channels/${id}?from=1&limit=2&epoch=${epochOf(id)}`;
    const first = await get(path);
    expect(first.headers.get('cache-control')).toBe('public, no-cache');
    expect(nextOf(first)).toBeUndefined();
    const etag = first.headers.get('etag')!;
    const same = await get(path, { 'if-none-match': etag, 'cache-control': 'no-cache' });
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
    await running.play(id, 'B');
    const later = await get(path, { 'if-none-match': etag });
    expect([later.status, later.headers.get('cache-control')]).toEqual([200, IMMUTABLE]);
    expect(later.headers.get('etag')).not.toBe(etag);
  });

  it('at the end of a finished job is immutable, until the job starts over', async () => {
    const id = await running.playNew('A', 'FINISHED');
    const path = `/channels/${id}?from=1&limit=100&epoch=${epochOf(id)}`;
    const final = await get(path);
    expect(final.headers.get('cache-control')).toBe(IMMUTABLE);
    expect(nextOf(final)).toBeUndefined();
    const before = epochOf(id);
    await running.broker.send(id, 'STARTED');
    await vi.waitFor(() => expect(epochOf(id)).not.toBe(before));
    const gone = await get(path);
    expect([gone.status, gone.headers.get('cache-control')]).toEqual([410, 'no-store']);
    expect(((await gone.json()) as { message: string }).message).toBe(
      `epoch: expected ${epochOf(id)}, got ${before}: the channel has started a new log; request the messages without epoch`,
    );
  });

  it('of a waiting channel is empty and must be asked for again', async () => {
    const id = running.freshId();
    await running.connect(`/channels/${id}`).opened();
    const range = await get(`/channels/${id}?from=1`);
    expect([range.status, range.headers.get('cache-control'), await range.text()]).toEqual([
      200,
      'public, no-cache',
      '',
    ]);
  });

  it('is private when clients need a token', async () => {
    const secret = keys.secret();
    const secured = await monitors.start({ auth: { keys: [secret.source] } });
    const id = await secured.playNew('A', 'B');
    const path = `/channels/${id}/messages.ndjson`;
    const headers = { Authorization: `Bearer ${await secret.sign({ channels: [id] })}` };
    const first = await fetch(`${secured.monitor.http}${path}?limit=1`, { headers });
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('x-accel-expires')).toBeNull();
    expect(first.headers.get('vary')).toContain('Authorization');
    const named = await fetch(secured.monitor.http + path + first.headers.get('content-location'), {
      headers,
    });
    expect(named.headers.get('cache-control')).toBe('private, max-age=86400, immutable');
    expect((await fetch(secured.monitor.http + path)).status).toBe(401);
    const other = { Authorization: `Bearer ${await secret.sign({ channels: ['x'], exp: inSeconds(60) })}` };
    expect((await fetch(secured.monitor.http + path, { headers: other })).status).toBe(403);
  });
});

describe('a range that the monitor does not have', () => {
  it('is 404 for an unknown channel', async () => {
    const response = await get('/channels/nobody/messages.ndjson');
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });

  it('is 410 when its messages were trimmed, and the text says where the log starts', async () => {
    const small = await monitors.start({ limits: { channel_messages: 3 } });
    const id = await small.playNew('A', 'B', 'C', 'D', 'E');
    const response = await fetch(`${small.monitor.http}/channels/${id}?from=2&limit=3`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([410, 'no-store']);
    expect(((await response.json()) as { message: string }).message).toBe(
      'from: expected at least 3, got 2: the older messages of this log are no longer kept',
    );
    const kept = await fetch(`${small.monitor.http}/channels/${id}/messages.ndjson`);
    expect(await commandsOf(kept)).toEqual(['C', 'D', 'E']);
  });

  it('is 400 for a wrong query, with what was expected', async () => {
    const id = await running.playNew('A');
    const response = await get(`/channels/${id}?from=0&limit=1001`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect(((await response.json()) as { message: string }).message).toBe(
      'from: expected the number of a message, from 1, got "0"; limit: expected a number of messages from 1 to 1000, got "1001"',
    );
  });

  it('counts for the limits of the address', async () => {
    const { monitor } = await monitors.start({ limits: { not_found_per_second_per_address: 1, exempt: [] } });
    const statuses = [];
    for (let index = 0; index < 20; index++)
      statuses.push((await fetch(`${monitor.http}/channels/guess-${index}/messages.ndjson`)).status);
    expect(statuses).toContain(429);
  });
});

it('a late client reads all ranges, streams from the last line, and misses nothing', async () => {
  const id = running.freshId();
  appendMany(id, 2500);
  const base = `${running.monitor.http}/channels/${id}`;
  const seen: string[] = [];
  let url: string | undefined = `${base}/messages.ndjson`;
  while (url !== undefined) {
    const response: Response = await fetch(url);
    seen.push(...(await linesOf(response)).map((line) => line.id));
    const next = nextOf(response);
    url = next && new URL(next, url).href;
    appendMany(id, 1);
  }
  const client = running.connect(`/channels/${id}?after=${seen.at(-1)}`);
  await running.play(id, 'FINISHED');
  await client.closed;
  seen.push(...client.frames.map((frame) => (JSON.parse(frame) as Line).id));
  expect(seen).toEqual(Array.from({ length: 2504 }, (_, index) => `${epochOf(id)}-${index + 1}`));
});
