import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch, type ProgressStream, type WatchOptions } from '../../client/client.js';
import { FakeSocket } from './fake-socket.js';
import { message } from './sse-server.js';

const URL = 'https://host/monitor/channels/j%2F1';
let streams: ProgressStream[];

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  streams = [];
});

afterEach(() => {
  for (const stream of streams) stream.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function start(options: WatchOptions = {}): Promise<ProgressStream> {
  const stream = watch(URL, { WebSocket: FakeSocket, transport: 'websocket', random: () => 1, ...options });
  streams.push(stream);
  await pass(0);
  return stream;
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe('the end of a connection', () => {
  it.each([
    [1000, 'finished', { reason: 'finished' }],
    [1000, '', { reason: 'finished' }],
    [1000, 'idle', { reason: 'idle' }],
    [1003, 'text only', { reason: 'refused', detail: '1003 text only' }],
    [1008, 'channel id', { reason: 'refused', detail: '1008 channel id' }],
    [1008, 'token', { reason: 'refused', detail: '1008 token' }],
    [1009, '', { reason: 'refused', detail: '1009' }],
  ])('by %i "%s" is the end', async (code, reason, end) => {
    const stream = await start();
    const events: unknown[] = [];
    for (const type of ['state', 'end'] as const)
      stream.addEventListener(type, (event) => events.push(event.detail));
    FakeSocket.last.open().end(code, reason);
    await pass(60_000);
    expect(stream).toMatchObject({ state: 'ended', end });
    expect(events).toEqual(['live', 'ended', end]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([
    [1001, ''],
    [1006, ''],
    [1008, 'no channel id'],
    [1011, 'internal error'],
    [1012, 'restart'],
    [1013, 'slow'],
    [4000, 'of some proxy'],
  ])('by %i "%s" means to come back, with the position', async (code, reason) => {
    const stream = await start();
    FakeSocket.last.open().receive(message(1)).receive(message(2)).end(code, reason);
    await pass(0);
    expect(stream).toMatchObject({ state: 'waiting', retryAt: Date.now() + 1000, position: 'a-2' });
    await pass(1000);
    expect(stream).toMatchObject({ state: 'connecting', retryAt: undefined });
    expect(FakeSocket.all.map(({ url }) => url)).toEqual([
      'wss://host/monitor/channels/j%2F1',
      'wss://host/monitor/channels/j%2F1?after=a-2',
    ]);
  });
});

describe('the delay before a reconnect', () => {
  async function delays(random: number, rounds: number): Promise<number[]> {
    const stream = await start({ random: () => random });
    FakeSocket.last.open();
    const seen: number[] = [];
    for (let round = 0; round < rounds; round++) {
      FakeSocket.last.end(1006);
      await pass(0);
      seen.push((stream.retryAt ?? Date.now()) - Date.now());
      await pass(seen.at(-1)!);
    }
    return seen;
  }

  it('is at most a second, doubled each time up to half a minute', async () => {
    expect(await delays(1, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is spread over all of that', async () => {
    expect(await delays(0.25, 6)).toEqual([250, 500, 1000, 2000, 4000, 7500]);
  });

  async function failTwice(): Promise<ProgressStream> {
    const stream = await start();
    FakeSocket.last.open().end(1006);
    await pass(1000);
    FakeSocket.last.end(1006);
    await pass(2000);
    return stream;
  }

  it('begins anew after a message', async () => {
    const stream = await failTwice();
    FakeSocket.last.open().receive(message(1)).end(1006);
    await pass(0);
    expect(stream.retryAt).toBe(Date.now() + 1000);
  });

  it('begins anew after a connection that lasted, and not after one that only opened', async () => {
    const stream = await failTwice();
    FakeSocket.last.open().end(1006);
    await pass(0);
    expect(stream.retryAt).toBe(Date.now() + 4000);
    await pass(4000);
    FakeSocket.last.open();
    await pass(10_000);
    FakeSocket.last.end(1006);
    await pass(0);
    expect(stream.retryAt).toBe(Date.now() + 1000);
  });
});
