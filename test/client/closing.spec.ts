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

describe('closing', () => {
  it.each(['connecting', 'live', 'waiting'] as const)('while %s leaves nothing behind', async (state) => {
    const controller = new AbortController();
    const stream = await start({ signal: controller.signal });
    if (state !== 'connecting') FakeSocket.last.open();
    if (state === 'waiting') FakeSocket.last.end(1006);
    await pass(0);
    expect(stream.state).toBe(state);
    controller.abort();
    expect(stream).toMatchObject({ state: 'ended', end: { reason: 'closed' }, retryAt: undefined });
    expect([FakeSocket.last.closed, vi.getTimerCount()]).toEqual([true, 0]);
    FakeSocket.last.open().receive(message(1));
    expect(stream.position).toBeUndefined();
  });

  it('before it began means no connection at all', async () => {
    const stream = await start({ signal: AbortSignal.abort() });
    expect([stream.end, FakeSocket.all.length]).toEqual([{ reason: 'closed' }, 0]);
  });
});

it('a connection that breaks between FINISHED and its end is no reason to come back', async () => {
  const stream = await start();
  FakeSocket.last.open().receive(message(1).replace('TASK', 'FINISHED')).end(1006);
  await pass(0);
  expect([stream.end, FakeSocket.all.length]).toEqual([{ reason: 'finished' }, 1]);
});
