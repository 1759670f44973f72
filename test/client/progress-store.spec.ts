import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_PROGRESS, ProgressStore } from '../../client/progress-store.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

// Gives each test fake timers and sockets.
setUpFakeStreams('http://host/');

let store: ProgressStore;
const listener = vi.fn<() => void>();

beforeEach(() => {
  listener.mockReset();
  store = new ProgressStore('http://host/channels/j', {
    transport: 'websocket',
    WebSocket: FakeSocket,
    random: () => 1,
  });
});

/** Subscribes, and lets the stream connect and receive the first messages. */
async function subscribe(count: number): Promise<() => void> {
  const unsubscribe = store.subscribe(listener);
  await advance(0);
  for (let seq = 1; seq <= count; seq++) FakeSocket.last.open('recodex.v2').receive(`[${message(seq)}]`);
  await advance(0);
  return unsubscribe;
}

describe('a store of progress', () => {
  it('opens no stream without a subscriber', async () => {
    await advance(60_000);
    expect([FakeSocket.all, store.progress()]).toEqual([[], NO_PROGRESS]);
  });

  it('reports one new object per change, with the state of the job and of the stream', async () => {
    const unsubscribe = await subscribe(1);
    const progress = store.progress();
    expect(progress).toMatchObject({ state: 'live', summary: { messages: 1 } });
    expect(store.progress()).toBe(progress);
    listener.mockReset();
    FakeSocket.last.end(1012);
    await advance(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(store.progress()).toMatchObject({
      state: 'waiting',
      lostReason: 'restart',
      summary: progress.summary,
    });
    expect(store.progress().retryAt).toBe(Date.now() + 1000);
    unsubscribe();
  });

  it('shares one stream among subscribers, and closes it after the last one', async () => {
    const first = await subscribe(1);
    const second = store.subscribe(listener);
    first();
    first();
    expect([FakeSocket.all.length, FakeSocket.last.closed]).toEqual([1, false]);
    second();
    expect(FakeSocket.last.closed).toBe(true);
  });

  it('opens no connection for a subscription that ends at once', async () => {
    store.subscribe(listener)();
    const unsubscribe = store.subscribe(listener);
    await advance(0);
    expect(FakeSocket.all).toHaveLength(1);
    unsubscribe();
  });

  it('resumes after a pause with its summary, and is silent during the pause', async () => {
    (await subscribe(2))();
    listener.mockReset();
    expect(store.progress()).toMatchObject({ state: 'live', end: undefined });
    await advance(60_000);
    expect(listener).not.toHaveBeenCalled();
    const unsubscribe = store.subscribe(listener);
    expect(store.progress()).toMatchObject({ state: 'connecting', summary: { messages: 2 } });
    await advance(0);
    expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-2');
    FakeSocket.last.open('recodex.v2').receive(`[${message(3)}]`);
    await advance(0);
    expect(store.progress().summary).toMatchObject({ messages: 3, tasks: { completed: 3 } });
    unsubscribe();
  });

  it('opens no other stream after the end', async () => {
    const unsubscribe = await subscribe(1);
    FakeSocket.last.end(1000);
    await advance(0);
    unsubscribe();
    const again = store.subscribe(listener);
    await advance(60_000);
    expect([FakeSocket.all.length, store.progress().end]).toEqual([1, { reason: 'finished' }]);
    again();
  });
});
