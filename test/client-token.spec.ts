import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watch, type ProgressStream, type WatchOptions } from '../client/client.js';
import { FakeSocket } from './client-fake-socket.js';
import { message } from './client-sse-server.js';

let stream: ProgressStream;
let authorizations: (string | undefined)[];
let count: number;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  authorizations = [];
  count = 0;
});

afterEach(() => {
  stream.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function start(
  token: NonNullable<WatchOptions['token']>,
  transport: 'websocket' | 'sse',
): Promise<void> {
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    authorizations.push((init!.headers as Record<string, string>)['Authorization']);
    return Promise.resolve(new Response(null, { status: 401 }));
  };
  stream = watch('http://host/channels/j', {
    WebSocket: FakeSocket,
    fetch,
    token,
    transport,
    random: () => 1,
  });
  await pass(0);
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

const fresh = (): Promise<string> => Promise.resolve(`t${++count}`);

it('a token travels as a sub-protocol; without one, none is offered', async () => {
  await start('a.b.c', 'websocket');
  expect(FakeSocket.last.protocols).toEqual(['recodex.v1', 'token.a.b.c']);
  stream.close();
  stream = watch('http://host/channels/j', { WebSocket: FakeSocket });
  await pass(0);
  expect(FakeSocket.last.protocols).toEqual([]);
});

it('a fresh one is fetched for every connection', async () => {
  await start(fresh, 'websocket');
  FakeSocket.last.open().end(1012, 'restart');
  await pass(1000);
  expect(FakeSocket.all.map(({ protocols }) => protocols[1])).toEqual(['token.t1', 'token.t2']);
});

it('a refused one is replaced once', async () => {
  await start(fresh, 'websocket');
  FakeSocket.last.open().end(1008, 'token');
  await pass(1000);
  expect(stream.state).toBe('connecting');
  FakeSocket.last.open().end(1008, 'token');
  await pass(0);
  expect(stream.end).toEqual({ reason: 'refused', detail: 'token' });
});

it('one that expires later is replaced again', async () => {
  await start(fresh, 'websocket');
  for (let seq = 1; seq <= 3; seq++) {
    FakeSocket.last.open().receive(message(seq)).end(1008, 'token');
    await pass(1000);
    expect(stream.state).toBe('connecting');
  }
});

it('401 is a refused token, too, and the token a header', async () => {
  await start(fresh, 'sse');
  await pass(1000);
  expect(stream.end).toEqual({ reason: 'refused', detail: 'token' });
  expect(authorizations).toEqual(['Bearer t1', 'Bearer t2']);
});

it('a refused token that was given as text is the end', async () => {
  await start('text', 'sse');
  expect([stream.end, authorizations]).toEqual([{ reason: 'refused', detail: 'token' }, ['Bearer text']]);
});

it('a token that could not be had may be had the next time', async () => {
  await start(() => {
    if (count++ === 0) throw new Error('offline');
    return 'late';
  }, 'websocket');
  expect([stream.state, FakeSocket.all.length]).toEqual(['waiting', 0]);
  await pass(1000);
  expect(FakeSocket.last.protocols[1]).toBe('token.late');
});
