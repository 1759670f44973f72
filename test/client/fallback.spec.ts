import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch, type ProgressStream, type WatchOptions } from '../../client/client.js';
import { FakeHttp } from './fake-http.js';
import { FakeSocket } from './fake-socket.js';
import { END, events, message } from './sse-server.js';

const URL = 'wss://host/channels/j';
let stream: ProgressStream;
let http: FakeHttp;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  http = new FakeHttp();
});

afterEach(() => {
  stream.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function start(options: WatchOptions = {}): Promise<void> {
  stream = watch(URL, { WebSocket: FakeSocket, fetch: http.fetch, random: () => 1, ...options });
  await pass(0);
}

/** No WebSocket gets through: neither with sub-protocols nor without. */
async function refuse(): Promise<void> {
  for (const _attempt of ['offering', 'plain']) {
    FakeSocket.last.end(1006);
    await pass(0);
  }
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe('Server-Sent Events instead of a WebSocket', () => {
  it('come at once when the WebSocket fails before it opens', async () => {
    const server = http.stream();
    await start({ after: 'a-1' });
    await refuse();
    expect(stream.state).toBe('live');
    expect(http.requests).toEqual([
      { url: 'https://host/channels/j?after=a-1', headers: { Accept: 'text/event-stream' } },
    ]);
    await server.say(events(2, 3));
    expect(stream.position).toBe('a-3');
    await server.say(END);
    expect(stream.end).toEqual({ reason: 'finished' });
  });

  it('come after 3 s when it does not open, and it is let go', async () => {
    http.stream();
    await start();
    await pass(2999);
    expect(http.requests).toEqual([]);
    await pass(1);
    expect([stream.state, FakeSocket.last.closed]).toEqual(['live', true]);
    FakeSocket.last.open().receive(message(1));
    expect(stream.position).toBeUndefined();
  });

  it('are kept once they worked', async () => {
    const server = http.stream();
    await start();
    await refuse();
    await server.stop();
    await pass(1000);
    expect([stream.state, FakeSocket.all.length, http.requests.length]).toEqual(['live', 2, 2]);
  });

  it('give way to the WebSocket again when they fail: perhaps the server was only down', async () => {
    await start();
    await refuse();
    expect(stream.state).toBe('waiting');
    await pass(1000);
    FakeSocket.last.open();
    expect([stream.state, FakeSocket.all.length, http.requests.length]).toEqual(['live', 3, 1]);
  });

  it('are not tried in a WebSocket that worked, but when that fails to open', async () => {
    http.stream();
    await start();
    FakeSocket.last.open().end(1012);
    await pass(1000);
    expect([FakeSocket.all.length, http.requests.length]).toEqual([2, 0]);
    FakeSocket.last.end(1006);
    await pass(2000);
    FakeSocket.last.end(1006);
    await pass(0);
    expect([stream.state, FakeSocket.all.length, http.requests.length]).toEqual(['live', 3, 1]);
  });

  it('are given 10 s to begin', async () => {
    http.hang();
    await start({ transport: 'sse' });
    await pass(10_000);
    expect(stream.state).toBe('waiting');
  });
});

describe('a response that is no stream', () => {
  it.each([400, 401, 403, 404, 405, 406, 410])('%i: refused, for a URL that never worked', async (status) => {
    http.respond(status);
    await start({ transport: 'sse' });
    expect(stream.end).toEqual({ reason: 'refused', detail: `HTTP ${status}` });
  });

  it('a page: refused as well', async () => {
    http.respond(200, 'text/html');
    await start({ transport: 'sse' });
    expect(stream.end).toEqual({ reason: 'refused', detail: 'HTTP 200 text/html' });
  });

  it('204: the end', async () => {
    http.respond(204);
    await start({ transport: 'sse' });
    expect(stream.end).toEqual({ reason: 'finished' });
  });

  it.each([429, 500, 502, 503])('%i: come back', async (status) => {
    http.respond(status);
    await start({ transport: 'sse' });
    expect(stream.state).toBe('waiting');
  });

  it('404 from a URL that has worked: a proxy without its server, come back', async () => {
    const server = http.stream();
    await start({ transport: 'sse' });
    http.respond(404);
    await server.stop();
    await pass(1000);
    expect([stream.state, http.requests.length]).toEqual(['waiting', 2]);
  });
});
