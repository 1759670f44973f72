import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch, type ProgressStream } from '../../client/client.js';
import { FakeSocket } from './fake-socket.js';
import { message } from './sse-server.js';

const OFFER = ['recodex.v2', 'recodex.v1'];

let stream: ProgressStream;
let seen: string[];

beforeEach(async () => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  seen = [];
  stream = watch('http://host/channels/j', {
    WebSocket: FakeSocket,
    transport: 'websocket',
    random: () => 1,
  });
  stream.addEventListener('message', ({ detail }) => seen.push(detail.id));
  stream.addEventListener('reset', ({ detail }) => seen.push(detail));
  await pass(0);
});

afterEach(() => {
  stream.close();
  vi.useRealTimers();
});

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

function batch(...items: string[]): string {
  return `[${items.join(',')}]`;
}

describe('the sub-protocols', () => {
  it('are offered, batches first', () => {
    expect(FakeSocket.last.protocols).toEqual(OFFER);
  });

  it('are not needed: where an offer is what fails, the connection is made without', async () => {
    FakeSocket.last.end(1006);
    await pass(0);
    FakeSocket.last.open().receive(message(1));
    expect([seen, stream.state, FakeSocket.last.protocols]).toEqual([['a-1'], 'live', []]);
    FakeSocket.last.end(1006);
    await pass(1000);
    expect([FakeSocket.all.length, FakeSocket.last.protocols]).toEqual([3, []]);
  });

  it('are offered again when the connection fails without them', async () => {
    FakeSocket.last.end(1006);
    await pass(0);
    FakeSocket.last.open().end(1006);
    await pass(1000);
    FakeSocket.last.end(1006);
    await pass(2000);
    expect([FakeSocket.all.length, FakeSocket.last.protocols]).toEqual([4, OFFER]);
  });

  it.each([
    ['have worked before', (): unknown => FakeSocket.last.open('recodex.v1').end(1006), 1000],
    ['can be told apart from a refusal', (): unknown => FakeSocket.last.end(1013, 'busy'), 0],
  ])('are not left out when they %s', async (_, before, ms) => {
    before();
    await pass(ms);
    const { length } = FakeSocket.all;
    if (ms) FakeSocket.last.end(1006);
    await pass(0);
    expect([stream.state, FakeSocket.all.length, FakeSocket.last.protocols]).toEqual([
      'waiting',
      length,
      OFFER,
    ]);
  });
});

describe('a batch', () => {
  it('is many items, taken in order and each once', () => {
    const socket = FakeSocket.last.open('recodex.v2');
    socket.receive(batch('{"reset":"trimmed"}', message(7), message(8))).receive(batch());
    socket.receive(batch(message(8), message(9)));
    expect(seen).toEqual(['trimmed', 'a-7', 'a-8', 'a-9']);
  });

  it('ends with the stream that a listener closes in the middle of it', () => {
    stream.addEventListener('message', () => stream.close());
    FakeSocket.last.open('recodex.v2').receive(batch(message(1), message(2)));
    expect(seen).toEqual(['a-1']);
  });

  it('with a hole is taken up to it, and the rest is fetched', async () => {
    FakeSocket.last.open('recodex.v2').receive(batch(message(1), message(3)));
    await pass(1000);
    expect(seen).toEqual(['a-1']);
    expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-1');
  });
});
