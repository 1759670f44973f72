import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch, type ProgressStream } from '../../client/client.js';
import { FakeSocket } from './fake-socket.js';
import { message } from './sse-server.js';

/** A page's `document`. */
class FakeDocument extends EventTarget {
  visibilityState = 'visible';
}

let window: EventTarget;
let document: FakeDocument;
let stream: ProgressStream;

beforeEach(async () => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  window = new EventTarget();
  document = new FakeDocument();
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('document', document);
  stream = watch('http://host/channels/j', {
    WebSocket: FakeSocket,
    transport: 'websocket',
    random: () => 1,
  });
  await pass(0);
});

afterEach(() => {
  stream.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

const WAKES: [string, () => void][] = [
  ['online', () => window.dispatchEvent(new Event('online'))],
  ['pageshow', () => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))],
  ['visibilitychange', () => document.dispatchEvent(new Event('visibilitychange'))],
  ['resume', () => document.dispatchEvent(new Event('resume'))],
  ['focus', () => window.dispatchEvent(new Event('focus'))],
];

/** The computer sleeps: the date goes on, timers and the steady clock stand still. */
function sleep(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

describe.each(WAKES)('%s', (name, wake) => {
  it('ends the wait before the next attempt', async () => {
    FakeSocket.last.open('recodex.v2').end(1006);
    await pass(0);
    expect(stream.state).toBe('waiting');
    wake();
    await pass(0);
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
  });

  it.each(['recodex.v2', 'recodex.v1'])(
    'replaces a connection (%s) not heard for a while',
    async (protocol) => {
      const socket = FakeSocket.last.open(protocol);
      socket.receive(`[${message(1)}]`);
      await pass(name === 'focus' ? 30_000 : 5000);
      wake();
      await pass(0);
      expect([stream.state, FakeSocket.all.length, socket.closed]).toEqual(['connecting', 2, true]);
      expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-1');
    },
  );

  it('leaves a connection alone that was heard just now, except after online', async () => {
    const socket = FakeSocket.last.open('recodex.v2');
    await pass(40_000);
    socket.receive('[]');
    await pass(4000);
    wake();
    await pass(0);
    // The connection may be of another network.
    const expected = name === 'online' ? ['connecting', 2, true] : ['live', 1, false];
    expect([stream.state, FakeSocket.all.length, socket.closed]).toEqual(expected);
  });

  it('does nothing after the end', async () => {
    FakeSocket.last.open('recodex.v2');
    stream.close();
    wake();
    await pass(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

it('all signs of a return together cost one attempt', async () => {
  FakeSocket.last.open('recodex.v2');
  await pass(40_000);
  for (const [, wake] of WAKES) {
    wake();
    await pass(1);
  }
  for (let count = 0; count < 20; count++) for (const [, wake] of WAKES.slice(1)) wake();
  await pass(0);
  expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
});

it('a page that is hidden, or only begins, is no return', async () => {
  FakeSocket.last.open('recodex.v2');
  await pass(40_000);
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'visible';
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  await pass(0);
  expect(FakeSocket.all).toHaveLength(1);
});

describe('a sleep of the computer', () => {
  it.each(['recodex.v2', 'recodex.v1', ''])('makes a live connection (%s) be replaced', async (protocol) => {
    const socket = FakeSocket.last.open(protocol);
    await pass(12_000);
    sleep(3_600_000);
    await pass(5000);
    expect([stream.state, socket.closed, FakeSocket.all.length]).toEqual(['connecting', true, 2]);
  });

  it('counts as waiting', async () => {
    FakeSocket.last.open('recodex.v2').end(1006);
    for (const delay of [1000, 2000, 4000, 8000, 16_000]) {
      await pass(delay);
      FakeSocket.last.end(1006);
    }
    await pass(6000);
    expect(stream.state).toBe('waiting');
    sleep(600_000);
    await pass(5000);
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 7]);
  });

  it('is not what the throttled timers of a hidden page are', async () => {
    const socket = FakeSocket.last.open('recodex.v1');
    for (let minute = 0; minute < 10; minute++) {
      await pass(1);
      sleep(60_000);
      await pass(5000);
    }
    expect([stream.state, socket.closed]).toEqual(['live', false]);
  });
});

it('a clock that is set back delays nothing', async () => {
  FakeSocket.last.open('recodex.v2').end(1006);
  await pass(0);
  sleep(-86_400_000);
  await pass(1000);
  FakeSocket.last.open('recodex.v2');
  sleep(-86_400_000);
  await pass(50_000);
  expect([stream.state, FakeSocket.all.length]).toEqual(['waiting', 2]);
});
