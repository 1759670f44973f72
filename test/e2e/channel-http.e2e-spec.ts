import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor } from '../fixtures/monitor.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { SseClient } from '../fixtures/sse-client.js';

const ORIGIN = 'https://recodex.example.org';

const running = setUpMonitor(
  { heartbeat: { interval: 0.2 }, limits: { channel_id_bytes: 64 } },
  { origins: [ORIGIN] },
);

describe('the stream as Server-Sent Events', () => {
  it('has the headers of a stream that nobody stores or gathers', async () => {
    const client = await SseClient.open(url(running.freshId()));
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
      vary: expect.stringContaining('Accept') as string,
      'x-accel-buffering': 'no',
    });
    client.cut();
  });

  it('starts with retry, gives messages with their position as id, then end, and ends', async () => {
    const id = running.freshId();
    const client = await SseClient.open(url(id));
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await running.broker.send(id, 'FINISHED');
    await client.ended;
    expect(client.raw).toMatch(
      /^retry: [23]\d{3}\n\nid: ([0-9a-f]+)-1\ndata: {"id":"\1-1","time":"[^"]+","command":"TASK","task_id":"compile","task_state":"COMPLETED"}\n\nid: \1-2\ndata: {"id":"\1-2",[^\n]+}\n\nevent: end\nid: end\ndata: {"end":"finished"}\n\n$/,
    );
  });

  it('is what a plain curl -N gets', async () => {
    const client = await SseClient.open(url(running.freshId()), { Accept: '*/*' });
    expect(client.headers['content-type']).toBe('text/event-stream');
    client.cut();
  });

  it('resumes after ?after= or Last-Event-ID, and the header wins', async () => {
    const id = await played('A', 'B', 'C');
    const ids = await positions(id, 3);
    const after = await SseClient.open(url(id, `?after=${ids[0]}`));
    await after.received(2);
    expect(after.ids).toEqual(ids.slice(1));
    const both = await SseClient.open(url(id, `?after=${ids[0]}`), { 'Last-Event-ID': ids[1]! });
    await both.received(1);
    expect(both.ids).toEqual(ids.slice(2));
    after.cut();
    both.cut();
  });

  it('says reset before it starts over', async () => {
    const id = await played('A');
    const client = await SseClient.open(url(id), { 'Last-Event-ID': 'other-1' });
    const [reset, message] = await client.received(2);
    expect(reset).toEqual({ event: 'reset', id: undefined, data: '{"reset":"epoch"}' });
    expect(message).toMatchObject({ event: 'message' });
    client.cut();
  });

  it('answers 204 to one who comes back after the end, by its last message or by the id of end', async () => {
    const id = await played('A', 'FINISHED');
    const first = await SseClient.open(url(id));
    await first.ended;
    for (const last of [first.ids.at(-1)!, 'end']) {
      expect((await SseClient.open(url(id), { 'Last-Event-ID': last })).status).toBe(204);
    }
    expect((await SseClient.open(url(id), { 'Last-Event-ID': first.ids[0]! })).status).toBe(200);
  });

  it('sends a comment now and then', async () => {
    const client = await SseClient.open(url(running.freshId()));
    await vi.waitFor(() => expect(client.comments.length).toBeGreaterThan(1), 5000);
    client.cut();
  });

  it('is given up when the client goes', async () => {
    const id = running.freshId();
    const client = await SseClient.open(url(id));
    await vi.waitFor(() => expect(summary(id)?.subscribers).toBe(1));
    client.cut();
    await vi.waitFor(() => expect(summary(id)).toBeUndefined());
  });

  it('skips a client that reads nothing, delays no other, and closes it when it is too far behind', async () => {
    const other = await startMonitor({ limits: { channel_messages: 50, message_bytes: 200_000 } });
    const source = await FakeBroker.connect(other.endpoint);
    const stalled = await SseClient.open(`${other.http}/channels/j`);
    const reading = await SseClient.open(`${other.http}/channels/j`);
    stalled.pause();
    for (let i = 0; i < 400; i++) {
      await source.send('j', 'TASK', 'x'.repeat(100_000), 'COMPLETED');
      await reading.received(i + 1);
    }
    expect(other.app.get(ChannelsService).summary('j')!.subscribers).toBe(1);
    stalled.resume();
    await stalled.ended;
    expect(
      stalled.events.every(({ event }, i) => event === 'message' && stalled.ids[i]!.endsWith(`-${i + 1}`)),
    ).toBe(true);
    expect(stalled.events.length).toBeLessThan(400);
    source.close();
    await other.close();
  });

  it('ends without `end` at a shutdown, so that an EventSource comes back', async () => {
    const other = await startMonitor();
    const client = await SseClient.open(`${other.http}/channels/j`);
    await other.close();
    await client.ended;
    expect(client.events).toEqual([]);
  });

  it('names a time to come back after that differs from client to client', async () => {
    const times = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const client = await SseClient.open(url(running.freshId()));
      await vi.waitFor(() => expect(client.raw).toMatch(/^retry: \d+\n\n/));
      times.add(client.raw);
      client.cut();
    }
    expect(times.size).toBeGreaterThan(1);
  });
});

describe('the summary as JSON', () => {
  it('tells what the channel looks like now', async () => {
    const id = await played('STARTED');
    const response = await json(id);
    expect(response.status).toBe(200);
    expect(response.headers.get('vary')).toContain('Accept');
    expect(await response.json()).toMatchObject({
      id,
      state: 'running',
      messages: 1,
      attempt: 1,
      subscribers: 0,
    });
  });

  it('has an ETag, and answers 304 as long as nothing has changed', async () => {
    const id = await played('STARTED');
    const etag = (await json(id)).headers.get('etag')!;
    expect((await json(id, { 'If-None-Match': etag })).status).toBe(304);
    await running.broker.send(id, 'ENDED');
    await vi.waitFor(async () => expect((await json(id, { 'If-None-Match': etag })).status).toBe(200));
  });

  it('answers 404 for a channel that is not there, and makes none', async () => {
    const response = await json('nobody');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ statusCode: 404 });
    expect(summary('nobody')).toBeUndefined();
  });
});

describe('the page', () => {
  it('is what a browser gets, with a strict policy', async () => {
    const response = await fetch(url('any'), {
      headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('vary')).toContain('Accept');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`frame-ancestors ${ORIGIN}`);
    const assets = [...(await response.text()).matchAll(/"\.\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets)
      expect((await fetch(`${running.monitor.http}/some/prefix/${path}`)).status).toBe(200);
  });

  it('serves no other file', async () => {
    for (const path of ['/assets/nothing.js', '/assets/..%2f..%2fpackage.json', '/assets/']) {
      expect((await fetch(running.monitor.http + path)).status).toBe(404);
    }
  });

  it('comes with the client library', async () => {
    for (const path of ['/client.js', '/prefix/client.js']) {
      const response = await fetch(running.monitor.http + path);
      expect(response.headers.get('content-type')).toContain('text/javascript');
      expect(await response.text()).toContain('export');
    }
  });
});

describe('the choice', () => {
  it.each([
    ['application/json', 'application/json'],
    ['text/event-stream;q=0.5, application/json', 'application/json'],
    ['text/html', 'text/html'],
    ['text/*', 'text/event-stream'],
  ])('of %s is %s', async (accept, type) => {
    const id = await played('STARTED');
    const controller = new AbortController();
    const response = await fetch(url(id), { headers: { Accept: accept }, signal: controller.signal });
    expect(response.headers.get('content-type')).toContain(type);
    controller.abort();
  });

  it('answers 406 to who accepts none of them, 405 to other methods, 400 to a bad id', async () => {
    expect((await fetch(url('x'), { headers: { Accept: 'image/png' } })).status).toBe(406);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const response = await fetch(url('x'), { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
    for (const id of ['', '%ff', '%zz', 'x'.repeat(65)])
      expect((await fetch(`${running.monitor.http}/channels/${id}`)).status).toBe(400);
  });

  it('answers HEAD without a body and without a subscriber', async () => {
    const id = running.freshId();
    const response = await fetch(url(id), { method: 'HEAD', headers: { Accept: 'text/event-stream' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(summary(id)).toBeUndefined();
  });

  it.each(['/monitor', '/a/b/c'])('works behind the prefix %s, with any id', async (prefix) => {
    const id = `${running.freshId()}/ž ?#&"`;
    await running.broker.send(id, 'STARTED');
    await vi.waitFor(() => expect(summary(id)).toBeDefined());
    const response = await fetch(`${running.monitor.http}${prefix}/channels/${encodeURIComponent(id)}`, {
      headers: { Accept: 'application/json' },
    });
    expect(((await response.json()) as ChannelSummary).id).toBe(id);
  });

  it('is not offered on the admin listener', async () => {
    const id = await played('STARTED');
    for (const path of [`/channels/${id}`, '/client.js']) {
      expect(
        (await fetch(running.monitor.admin + path, { headers: { Accept: 'application/json' } })).status,
      ).toBe(404);
    }
  });
});

describe('scripts of other sites', () => {
  it('may read when their origin is listed, with a token and a position', async () => {
    const id = await played('STARTED');
    const response = await json(id, { Origin: ORIGIN });
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('vary')).toMatch(/Origin.*Accept|Accept.*Origin/);
    const stream = await SseClient.open(url(id), { Origin: ORIGIN });
    expect(stream.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(stream.headers.vary).toMatch(/Origin/);
    stream.cut();
    const preflight = await fetch(url(id), {
      method: 'OPTIONS',
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  });

  it('may not read when it is not', async () => {
    const response = await json(await played('STARTED'), { Origin: 'https://elsewhere.example.org' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('bad input over HTTP', () => {
  const HEAD = 'GET /channels/x HTTP/1.1\r\nHost: x\r\n';
  const SUMMARY = `${HEAD}Accept: application/json\r\n\r\n`;
  const STREAM = `${HEAD}Accept: text/event-stream\r\n\r\n`;

  afterEach(async () => {
    expect((await json(await played('STARTED'))).status).toBe(200);
  });

  it.each([
    ['no Host', 'GET /channels/x HTTP/1.1\r\n\r\n', ['400']],
    ['a head that is too long', `GET /channels/${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, ['431']],
    ['a stream behind a stream', STREAM + STREAM, ['200']],
    ['anything behind a stream', STREAM + SUMMARY, ['200']],
  ])('costs one connection: %s', async (_, bytes, statuses) => {
    expect(statusesIn(await answerTo(bytes))).toEqual(statuses);
  });

  it('ends the connection of a client that does not wait for the answer', async () => {
    expect(statusesIn(await answerTo(SUMMARY + SUMMARY))).toEqual([]);
    expect(statusesIn(await answerTo(SUMMARY + STREAM + SUMMARY))).toEqual([]);
  });
});

/** All that comes until the connection is closed. */
function answerTo(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(running.monitor.http).port), '127.0.0.1', () =>
      socket.write(bytes),
    );
    socket
      .setEncoding('latin1')
      .on('data', (chunk: string) => (text += chunk))
      .on('close', () => resolve(text))
      .on('error', () => {});
  });
}

function statusesIn(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);
}

/** Plays a job and waits until the monitor has all of it. */
async function played(...commands: string[]): Promise<string> {
  const id = running.freshId();
  for (const command of commands) await running.broker.send(id, command);
  await vi.waitFor(() => expect(summary(id)?.messages).toBe(commands.length));
  return id;
}

async function positions(id: string, count: number): Promise<string[]> {
  const client = await SseClient.open(url(id));
  await client.received(count);
  client.cut();
  return client.ids;
}

function url(id: string, query = ''): string {
  return `${running.monitor.http}/channels/${id}${query}`;
}

function json(id: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url(id), { headers: { Accept: 'application/json', ...headers } });
}

function summary(id: string): ChannelSummary | undefined {
  return running.monitor.app.get(ChannelsService).summary(id);
}
