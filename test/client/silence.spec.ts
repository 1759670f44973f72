import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch, type ProgressStream, type WatchOptions } from '../../client/client.js';
import { FakeHttp } from './fake-http.js';
import { FakeSocket } from './fake-socket.js';
import { events, message } from './sse-server.js';

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

async function start(options: WatchOptions = {}): Promise<FakeSocket> {
  const defaults = { WebSocket: FakeSocket, fetch: http.fetch, transport: 'websocket' } as const;
  stream = watch('http://host/channels/j', { ...defaults, random: () => 1, ...options });
  await pass(0);
  return FakeSocket.last;
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

/** Two heartbeats in a row: the client knows the interval. */
async function beat(socket: FakeSocket, interval: number): Promise<void> {
  for (let count = 0; count < 3; count++) {
    await pass(interval);
    socket.receive('[]');
  }
}

/** Says after how many seconds without a sign of life the stream is no longer live. */
async function patience(): Promise<number> {
  let seconds = 0;
  for (; stream.state === 'live' && seconds < 1000; seconds++) await pass(1000);
  return seconds;
}

describe('a silent connection', () => {
  it('is given up after two heartbeats and a half, and made again with the position', async () => {
    const socket = (await start()).open('recodex.v2').receive(`[${message(1)},${message(2)}]`);
    const heardAt = Date.now();
    await pass(49_999);
    expect([stream.state, stream.heardAt]).toEqual(['live', heardAt]);
    await pass(1);
    expect([stream.state, socket.closed, stream.retryAt]).toEqual(['waiting', true, Date.now() + 1000]);
    await pass(1000);
    expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-2');
  });

  it.each(['[]', `[${message(1)}]`, '[{"news":1}]', '{"news":1}'])('is not silent with %s', async (frame) => {
    const socket = (await start()).open('recodex.v2');
    for (let count = 0; count < 5; count++) {
      await pass(39_000);
      socket.receive(frame);
    }
    expect([stream.state, stream.heardAt, FakeSocket.all.length]).toEqual(['live', Date.now(), 1]);
  });

  it('of Server-Sent Events is given up in the same way, and a comment is a sign of life', async () => {
    const server = http.stream();
    await start({ transport: 'sse' });
    await server.say(events(1, 1));
    for (let count = 0; count < 5; count++) {
      await pass(20_000);
      await server.say(':\n\n');
    }
    await pass(49_999);
    expect(stream.state).toBe('live');
    await pass(1);
    expect(stream.state).toBe('waiting');
  });

  it.each(['', 'recodex.v1'])('without heartbeats ("%s") is healthy', async (protocol) => {
    (await start()).open(protocol);
    await pass(3_600_000);
    expect([stream.state, FakeSocket.all.length]).toEqual(['live', 1]);
  });
});

describe('the limit', () => {
  it.each([1000, 20_000, 45_000])('is learned from heartbeats every %i ms', async (interval) => {
    await beat((await start()).open('recodex.v2'), interval);
    expect(await patience()).toBe(Math.ceil((interval * 2.5) / 1000));
  });

  it('is not shortened by heartbeats that were held up and come together', async () => {
    const socket = (await start()).open('recodex.v2');
    await beat(socket, 20_000);
    await pass(45_000);
    for (let count = 0; count < 5; count++) socket.receive('[]');
    await pass(15_000);
    socket.receive('[]');
    expect(await patience()).toBeGreaterThanOrEqual(50);
  });

  it('grows until a server is heard that sends fewer heartbeats', async () => {
    await start();
    const limits: number[] = [];
    for (let round = 0; round < 4; round++) {
      FakeSocket.last.open('recodex.v2');
      limits.push(await patience());
      await pass(30_000);
    }
    expect(limits).toEqual([50, 100, 200, 200]);
    await beat(FakeSocket.last.open('recodex.v2'), 60_000);
    expect(await patience()).toBe(150);
  });

  it('that was learned too short is not kept', async () => {
    await beat((await start()).open('recodex.v2'), 1000);
    expect(await patience()).toBe(3);
    await pass(1000);
    FakeSocket.last.open('recodex.v2');
    expect(await patience()).toBe(50);
  });
});

describe('a close that never completes', () => {
  it('of a WebSocket keeps nobody waiting', async () => {
    const socket = (await start()).open('recodex.v2');
    await pass(50_000);
    // The peer of `socket` is gone: no close event will ever come.
    await pass(1000);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`);
    socket.receive(`[${message(2)}]`);
    expect([stream.state, stream.position]).toEqual(['live', 'a-1']);
  });

  it('of a fetch that ignores its signal keeps nobody waiting', async () => {
    const answers = [
      new Response(new ReadableStream(), { headers: { 'Content-Type': 'text/event-stream' } }),
      new Promise<Response>(() => {}),
    ];
    const fetch = (): Promise<Response> => Promise.resolve(answers.shift() ?? Response.error());
    await start({ transport: 'sse', fetch });
    expect(stream.state).toBe('live');
    await pass(50_000);
    expect(stream.state).toBe('waiting');
    await pass(1000);
    expect(stream.state).toBe('connecting');
    await pass(10_000);
    expect(stream.state).toBe('waiting');
  });
});
