import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProgressStream } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('http://host/channels/j', { transport: 'websocket' });

/** The `document` of a page. */
class FakeDocument extends EventTarget {
  visibilityState = 'visible';
}

let window: EventTarget;
let document: FakeDocument;
let stream: ProgressStream;

beforeEach(async () => {
  window = new EventTarget();
  document = new FakeDocument();
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('document', document);
  stream = await fake.open();
});

afterEach(() => vi.unstubAllGlobals());

const WAKES: [string, () => void][] = [
  ['online', () => window.dispatchEvent(new Event('online'))],
  ['pageshow', () => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))],
  ['visibilitychange', () => document.dispatchEvent(new Event('visibilitychange'))],
  ['resume', () => document.dispatchEvent(new Event('resume'))],
  ['focus', () => window.dispatchEvent(new Event('focus'))],
];

/** The computer sleeps: the date advances, but timers and the monotonic clock stop. */
function sleep(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

describe.each(WAKES)('the event %s', (name, wake) => {
  it('starts the next attempt without the delay', async () => {
    FakeSocket.last.open('recodex.v2').end(1006);
    await advance(0);
    expect(stream.state).toBe('waiting');
    wake();
    await advance(0);
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
  });

  it.each(['recodex.v2', 'recodex.v1'])(
    'replaces a connection (%s) without recent activity',
    async (protocol) => {
      const socket = FakeSocket.last.open(protocol);
      socket.receive(`[${message(1)}]`);
      await advance(name === 'focus' ? 30_000 : 5000);
      wake();
      await advance(0);
      expect([stream.state, FakeSocket.all.length, socket.closed]).toEqual(['connecting', 2, true]);
      expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-1');
    },
  );

  it('keeps a connection with recent activity, except after online', async () => {
    const socket = FakeSocket.last.open('recodex.v2');
    await advance(40_000);
    socket.receive('[]');
    await advance(4000);
    wake();
    await advance(0);
    // After `online` the connection may belong to another network.
    const expected = name === 'online' ? ['connecting', 2, true] : ['live', 1, false];
    expect([stream.state, FakeSocket.all.length, socket.closed]).toEqual(expected);
  });

  it('does nothing after the stream ended', async () => {
    FakeSocket.last.open('recodex.v2');
    stream.close();
    wake();
    await advance(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});

it('several wake events together cause one attempt', async () => {
  FakeSocket.last.open('recodex.v2');
  await advance(40_000);
  for (const [, wake] of WAKES) {
    wake();
    await advance(1);
  }
  for (let count = 0; count < 20; count++) for (const [, wake] of WAKES.slice(1)) wake();
  await advance(0);
  expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
});

it('hiding the page and loading it are not wake events', async () => {
  FakeSocket.last.open('recodex.v2');
  await advance(40_000);
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'visible';
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  await advance(0);
  expect(FakeSocket.all).toHaveLength(1);
});

describe('a sleep of the computer', () => {
  it.each(['recodex.v2', 'recodex.v1', ''])('replaces a live connection (%s)', async (protocol) => {
    const socket = FakeSocket.last.open(protocol);
    await advance(12_000);
    sleep(3_600_000);
    await advance(5000);
    expect([stream.state, socket.closed, FakeSocket.all.length]).toEqual(['connecting', true, 2]);
  });

  it('counts towards the delay before a reconnect', async () => {
    FakeSocket.last.open('recodex.v2').end(1006);
    for (const delay of [1000, 2000, 4000, 8000, 16_000]) {
      await advance(delay);
      FakeSocket.last.end(1006);
    }
    await advance(6000);
    expect(stream.state).toBe('waiting');
    sleep(600_000);
    await advance(5000);
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 7]);
  });

  it('is not assumed when a hidden page has throttled timers', async () => {
    const socket = FakeSocket.last.open('recodex.v1');
    for (let minute = 0; minute < 10; minute++) {
      await advance(1);
      sleep(60_000);
      await advance(5000);
    }
    expect([stream.state, socket.closed]).toEqual(['live', false]);
  });
});

it('a clock that is set back does not prolong any delay', async () => {
  FakeSocket.last.open('recodex.v2').end(1006);
  await advance(0);
  sleep(-86_400_000);
  await advance(1000);
  FakeSocket.last.open('recodex.v2');
  sleep(-86_400_000);
  await advance(50_000);
  expect([stream.state, FakeSocket.all.length]).toEqual(['waiting', 2]);
});
