import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressStream, type WatchOptions } from '../../client/client.js';
import * as parts from '../../client/later-parts.js';
import type { StreamParts } from '../../client/stream-parts.js';
import { FakeHttp } from '../fixtures/client/fake-http.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance } from '../fixtures/client/fake-streams.js';
import { events, message } from '../fixtures/client/messages.js';

const URL = 'http://host/channels/j';

let window: EventTarget;
let http: FakeHttp;
let stream: ProgressStream;
/** The requests for the chunk, in order. */
let requests: ChunkRequest[];

/** A request for the chunk. The test decides when the chunk arrives. */
class ChunkRequest {
  private settle!: { resolve(loaded: StreamParts): void; reject(error: Error): void };
  readonly promise = new Promise<StreamParts>((resolve, reject) => (this.settle = { resolve, reject }));

  async arrive(): Promise<void> {
    this.settle.resolve(parts);
    await advance(0);
  }

  async fail(): Promise<void> {
    this.settle.reject(new TypeError('Failed to fetch dynamically imported module'));
    await advance(0);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  window = new EventTarget();
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  FakeSocket.all = [];
  http = new FakeHttp();
  requests = [];
});

afterEach(() => {
  stream.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Opens a stream, and lets it start to connect. The delay before a reconnect is the longest one. */
async function open(options: WatchOptions = {}): Promise<void> {
  const network = { WebSocket: FakeSocket, fetch: http.fetch, random: () => 1 };
  stream = new ProgressStream(URL, { ...network, ...options }, () => {
    const request = new ChunkRequest();
    requests.push(request);
    return request.promise;
  });
  await advance(0);
}

function wake(): Promise<unknown> {
  window.dispatchEvent(new Event('online'));
  return advance(0);
}

describe('without the chunk', () => {
  it('the stream delivers, loses its connection, resumes and ends', async () => {
    await open();
    FakeSocket.last
      .open('recodex.v2')
      .receive(`[${message(1)},${message(2)}]`)
      .end(1012);
    await requests[0]!.fail();
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'restart']);
    await advance(1000);
    expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-2');
    FakeSocket.last
      .open('recodex.v2')
      .receive(`[${message(3)}]`)
      .end(1000, 'finished');
    await advance(0);
    expect([stream.position, stream.end]).toEqual(['a-3', { reason: 'finished' }]);
  });

  it('a silent connection stays, and wake events change nothing', async () => {
    await open();
    FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`);
    await advance(600_000);
    await wake();
    expect([stream.state, FakeSocket.all.length]).toEqual(['live', 1]);
  });

  it.each([
    ['Server-Sent Events', { transport: 'sse' }],
    ['a token', { transport: 'websocket', token: 'e30.e30.s' }],
  ] as const)('%s makes the attempt fail, and the next one requests the chunk again', async (_, options) => {
    const server = http.stream();
    await open(options);
    for (const request of requests.splice(0)) await request.fail();
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'unreachable']);
    await advance(1000);
    for (const request of requests) await request.arrive();
    if (FakeSocket.all.length > 0) FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`);
    else await server.send(events(1, 1));
    expect([stream.state, stream.position]).toEqual(['live', 'a-1']);
  });

  it('an attempt that waits for it fails after its time limit', async () => {
    await open({ transport: 'sse' });
    await advance(10_000);
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'timeout']);
  });

  it('a stream that shares has its own connection', async () => {
    await open({ share: true });
    for (const request of requests) await request.fail();
    FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`);
    expect([stream.state, stream.position]).toEqual(['live', 'a-1']);
  });
});

describe('the chunk', () => {
  it('is requested again by each attempt until it is there', async () => {
    await open();
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(requests).toHaveLength(attempt);
      await requests.at(-1)!.fail();
      FakeSocket.last
        .open('recodex.v2')
        .receive(`[${message(attempt)}]`)
        .end(1006);
      await advance(1000);
    }
    await requests.at(-1)!.arrive();
    await wake();
    expect([stream.state, FakeSocket.last.url]).toEqual(['connecting', 'ws://host/channels/j?after=a-3']);
  });

  it.each(['recodex.v2', 'recodex.v1'])(
    'that arrives while a connection (%s) is live watches it',
    async (protocol) => {
      await open();
      FakeSocket.last.open(protocol).receive(`[${message(1)}]`);
      await advance(300_000);
      await requests[0]!.arrive();
      expect(stream.state).toBe('live');
      await advance(49_999);
      expect(stream.state).toBe('live');
      await advance(1);
      expect(stream.state).toBe(protocol === 'recodex.v2' ? 'waiting' : 'live');
      await wake();
      expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
    },
  );

  it('that arrives before a connection opens makes wake events start another attempt', async () => {
    await open();
    await requests[0]!.arrive();
    await wake();
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
  });

  it('that arrives after the loss of the connection ends the delay at a wake event', async () => {
    await open();
    FakeSocket.last.open('recodex.v2').end(1006);
    await advance(0);
    await requests[0]!.arrive();
    expect([stream.state, stream.retryAt]).toEqual(['waiting', Date.now() + 1000]);
    await wake();
    expect([stream.state, FakeSocket.all.length]).toEqual(['connecting', 2]);
  });

  it('that arrives after the end starts nothing', async () => {
    await open();
    stream.close();
    await requests[0]!.arrive();
    await wake();
    expect([FakeSocket.all.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('that arrives twice, for two attempts, is used once', async () => {
    await open();
    FakeSocket.last.open('recodex.v2').end(1006);
    await advance(1000);
    for (const request of requests) await request.arrive();
    await wake();
    expect([stream.state, requests.length, FakeSocket.all.length]).toEqual(['connecting', 3, 3]);
  });
});
