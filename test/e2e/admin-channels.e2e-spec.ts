import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { TestClient } from '../fixtures/test-client.js';

interface Page {
  channels: { id: string; state: string }[];
  total: number;
  next: string | null;
}

const running = setUpMonitor();
const admin = new AdminClient(running);

describe('GET /channels', () => {
  it('lists the channels by id, in pages', async () => {
    const ids = ['list-c', 'list-a', 'list-e', 'list-b', 'list-d'];
    for (const id of ids) await running.play(id, 'STARTED');
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor && `&cursor=${cursor}`;
      const page: Page = await admin.json<Page>(`/channels?prefix=list-&limit=2${query}`);
      expect(page.total).toBeGreaterThanOrEqual(5);
      pages.push(page.channels.map(({ id }) => id));
      cursor = page.next;
    }
    expect(pages).toEqual([['list-a', 'list-b'], ['list-c', 'list-d'], ['list-e']]);
  });

  it('gives the summary that the public listener gives', async () => {
    const id = await running.playNew('STARTED');
    const { channels } = await admin.json<Page>(`/channels?prefix=${id}`);
    const summary = await (await running.request(`/channels/${id}`, 'application/json')).json();
    expect(channels).toEqual([summary]);
  });

  it.each([
    ['state=failed', ['state-failed']],
    ['state=failed,finished', ['state-failed', 'state-finished']],
    ['state=failed&state=finished', ['state-failed', 'state-finished']],
    ['state=aborted', []],
    ['state=', ['state-failed', 'state-finished', 'state-running']],
    ['', ['state-failed', 'state-finished', 'state-running']],
  ])('filters by %s', async (query, expected) => {
    const channels = { 'state-running': 'STARTED', 'state-failed': 'FAILED', 'state-finished': 'FINISHED' };
    for (const [id, command] of Object.entries(channels))
      if (!running.summary(id)) await running.play(id, command);
    const page = await admin.json<Page>(`/channels?prefix=state-&${query}`);
    expect(page.channels.map(({ id }) => id)).toEqual(expected);
    expect(page.next).toBeNull();
  });

  it('continues after a channel that was removed', async () => {
    for (const id of ['gone-1', 'gone-2', 'gone-3']) await running.play(id, 'STARTED');
    const { next } = await admin.json<Page>('/channels?prefix=gone-&limit=2');
    await admin.request('/channels/gone-2', { method: 'DELETE' });
    const page = await admin.json<Page>(`/channels?prefix=gone-&cursor=${next}`);
    expect(page.channels.map(({ id }) => id)).toEqual(['gone-3']);
  });

  it.each([
    ['limit=0', 'limit: expected a whole number from 1 to 1000, got "0"'],
    ['limit=1001', 'limit: expected a whole number from 1 to 1000, got "1001"'],
    ['limit=ten', 'limit: expected a whole number from 1 to 1000, got "ten"'],
    ['limit=', 'limit: expected a whole number from 1 to 1000, got ""'],
    ['limit=1&limit=2', 'limit: expected a whole number from 1 to 1000, got ["1","2"]'],
    [
      'state=done',
      'state: expected one or more of waiting, running, aborted, failed, finished, separated by commas, got "done"',
    ],
    ['cursor=%21', 'cursor: expected `next` of the previous answer, got "!"'],
    ['prefix=a&prefix=b', 'prefix: expected one text, got ["a","b"]'],
    ['order=id', 'expected only the parameters state, prefix, limit, cursor, got "order"'],
    ['__proto__=1', 'expected only the parameters state, prefix, limit, cursor, got "__proto__"'],
  ])('answers 400 to ?%s', async (query, message) => {
    const response = await admin.request(`/channels?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ statusCode: 400, error: 'Bad Request', message });
  });

  it('names all problems of a query', async () => {
    const { message } = await admin.json<{ message: string }>('/channels?limit=x&state=y&z=1');
    expect(message.split('; ')).toHaveLength(3);
  });
});

describe('GET /channels/<id>', () => {
  it('gives the summary and the newest messages', async () => {
    const id = await running.playNew('DOWNLOADED', 'STARTED');
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await running.untilSummary(id, { messages: 3 });
    const summary = running.summary(id)!;
    const [epoch] = summary.position.split('-');
    const body = await admin.json<{ summary: object; messages: object[] }>(`/channels/${id}?messages=2`);
    expect(body.summary).toEqual({
      ...summary,
      retained: 3,
      bytes: expect.any(Number) as number,
      first: `${epoch}-1`,
    });
    expect(body.messages).toEqual([
      { id: `${epoch}-2`, time: expect.any(String) as string, command: 'STARTED' },
      {
        id: `${epoch}-3`,
        time: expect.any(String) as string,
        command: 'TASK',
        task_id: 'compile',
        task_state: 'COMPLETED',
      },
    ]);
    expect((await admin.json<{ messages: object[] }>(`/channels/${id}?messages=0`)).messages).toEqual([]);
    expect((await admin.json<{ messages: object[] }>(`/channels/${id}`)).messages).toHaveLength(3);
  });

  it('describes a channel that waits for its first message', async () => {
    const id = running.freshId();
    const client = running.connect(`/channels/${id}`);
    await client.opened();
    await running.untilSummary(id, { subscribers: 1 });
    expect(await admin.json(`/channels/${id}`)).toMatchObject({
      summary: { state: 'waiting', retained: 0, bytes: 0, first: null },
      messages: [],
    });
  });

  it('bounds the bytes of the messages', async () => {
    const id = running.freshId();
    for (let number = 0; number < 10; number++)
      await running.broker.send(id, 'TASK', 'x'.repeat(60_000), 'COMPLETED');
    await running.untilSummary(id, { messages: 10 });
    expect((await admin.json<{ messages: object[] }>(`/channels/${id}`)).messages).toHaveLength(4);
  });

  it('answers 304 to a client that has the answer', async () => {
    const id = await running.playNew('STARTED');
    const etag = (await admin.request(`/channels/${id}`)).headers.get('etag')!;
    const headers = { 'If-None-Match': etag };
    expect((await admin.request(`/channels/${id}`, { headers })).status).toBe(304);
    await running.play(id, 'FINISHED');
    expect((await admin.request(`/channels/${id}`, { headers })).status).toBe(200);
  });

  it('finds ids with any characters', async () => {
    for (const id of ['a/b', 'ž "quoted"', '%41', '..', 'a?b#c']) {
      await running.play(id, 'STARTED');
      expect(await admin.rawStatus('GET', `/channels/${encodeURIComponent(id)}`)).toBe(200);
    }
  });

  it.each([
    ['an unknown channel', '/channels/unknown', 404, 'Expected the id of a channel in memory, got "unknown"'],
    [
      'a long id',
      `/channels/${'x'.repeat(1025)}`,
      400,
      'Expected a channel id of 1 to 1024 bytes, got 1025 bytes',
    ],
    ['bad percent-encoding', '/channels/%zz', 400, expect.any(String) as string],
    [
      'too many messages',
      '/channels/x?messages=1001',
      400,
      'messages: expected a whole number from 0 to 1000, got "1001"',
    ],
    ['a path below a channel', '/channels/a/b', 404, 'Cannot GET /channels/a/b'],
  ])('answers %s with an error', async (_name, path, status, message) => {
    const response = await admin.request(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ statusCode: status, message });
  });
});

describe('GET /channels/:id/connections', () => {
  it('lists the clients that watch the channel, and where their addresses come from', async () => {
    const id = await running.playNew('STARTED');
    const headers = { 'X-Forwarded-For': '192.0.2.1' };
    const stream = new TestClient(`${running.monitor.ws}/channels/${id}`);
    await stream.received(1);
    const legacy = new WebSocket(running.monitor.ws, { headers });
    await once(legacy, 'open');
    legacy.send(id);
    await once(legacy, 'message');
    const path = `/channels/${id}/connections`;
    expect(await admin.json(path)).toEqual({
      connections: [
        { kind: 'websocket', address: '127.0.0.1', source: 'connection' },
        { kind: 'legacy', address: '127.0.0.1', source: 'untrusted-header' },
      ],
      total: 2,
    });
    for (const socket of [stream.socket, legacy]) socket.terminate();
    await vi.waitFor(async () => expect(await admin.json(path)).toEqual({ connections: [], total: 0 }));
  });

  it('answers 404 for an unknown channel', async () => {
    expect((await admin.request('/channels/unknown/connections')).status).toBe(404);
  });
});

describe('DELETE /channels/<id>', () => {
  it('removes the channel, and its clients come back and wait', async () => {
    const id = await running.playNew('STARTED');
    const client = running.connect(`/channels/${id}`);
    await client.opened();
    await running.untilSummary(id, { subscribers: 1 });
    const response = await admin.request(`/channels/${id}`, { method: 'DELETE' });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(await client.closed).toMatchObject({ code: 1013, reason: 'busy' });
    expect(running.summary(id)).toBeUndefined();
    expect((await admin.request(`/channels/${id}`, { method: 'DELETE' })).status).toBe(404);
  });
});
