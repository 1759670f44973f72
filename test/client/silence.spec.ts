import { describe, expect, it } from 'vitest';
import type { ProgressStream, WatchOptions } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { events, message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('http://host/channels/j', { transport: 'websocket' });
let stream: ProgressStream;

async function connect(options: WatchOptions = {}): Promise<FakeSocket> {
  stream = await fake.open(options);
  return FakeSocket.last;
}

/** Sends three heartbeats, so that the client learns the interval. */
async function sendHeartbeats(socket: FakeSocket, interval: number): Promise<void> {
  for (let count = 0; count < 3; count++) {
    await advance(interval);
    socket.receive('[]');
  }
}

/** Seconds of silence after which the stream is no longer live. */
async function secondsUntilSilent(): Promise<number> {
  let seconds = 0;
  for (; stream.state === 'live' && seconds < 1000; seconds++) await advance(1000);
  return seconds;
}

describe('a silent connection', () => {
  it('is replaced after two and a half heartbeat intervals, and the new one resumes at the position', async () => {
    const socket = (await connect()).open('recodex.v2').receive(`[${message(1)},${message(2)}]`);
    const heardAt = Date.now();
    await advance(49_999);
    expect([stream.state, stream.heardAt]).toEqual(['live', heardAt]);
    await advance(1);
    expect([stream.state, socket.closed, stream.retryAt]).toEqual(['waiting', true, Date.now() + 1000]);
    await advance(1000);
    expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-2');
  });

  it.each(['[]', `[${message(1)}]`, '[{"news":1}]', '{"news":1}'])(
    'stays live with the frame %s',
    async (frame) => {
      const socket = (await connect()).open('recodex.v2');
      for (let count = 0; count < 5; count++) {
        await advance(39_000);
        socket.receive(frame);
      }
      expect([stream.state, stream.heardAt, FakeSocket.all.length]).toEqual(['live', Date.now(), 1]);
    },
  );

  it('of Server-Sent Events is replaced in the same way, and a comment counts as a heartbeat', async () => {
    const server = fake.http.stream();
    await connect({ transport: 'sse' });
    await server.send(events(1, 1));
    for (let count = 0; count < 5; count++) {
      await advance(20_000);
      await server.send(':\n\n');
    }
    await advance(49_999);
    expect(stream.state).toBe('live');
    await advance(1);
    expect(stream.state).toBe('waiting');
  });

  it.each(['', 'recodex.v1'])(
    'with the sub-protocol "%s", which has no heartbeats, stays live',
    async (protocol) => {
      (await connect()).open(protocol);
      await advance(3_600_000);
      expect([stream.state, FakeSocket.all.length]).toEqual(['live', 1]);
    },
  );
});

describe('the time limit', () => {
  it.each([1000, 20_000, 45_000])('is learned from heartbeats every %i ms', async (interval) => {
    await sendHeartbeats((await connect()).open('recodex.v2'), interval);
    expect(await secondsUntilSilent()).toBe(Math.ceil((interval * 2.5) / 1000));
  });

  it('is not shortened by delayed heartbeats that arrive together', async () => {
    const socket = (await connect()).open('recodex.v2');
    await sendHeartbeats(socket, 20_000);
    await advance(45_000);
    for (let count = 0; count < 5; count++) socket.receive('[]');
    await advance(15_000);
    socket.receive('[]');
    expect(await secondsUntilSilent()).toBeGreaterThanOrEqual(50);
  });

  it('doubles while no heartbeat arrives, because the interval of the server may be longer', async () => {
    await connect();
    const limits: number[] = [];
    for (let round = 0; round < 4; round++) {
      FakeSocket.last.open('recodex.v2');
      limits.push(await secondsUntilSilent());
      await advance(30_000);
    }
    expect(limits).toEqual([50, 100, 200, 200]);
    await sendHeartbeats(FakeSocket.last.open('recodex.v2'), 60_000);
    expect(await secondsUntilSilent()).toBe(150);
  });

  it('returns to the default after a silent connection', async () => {
    await sendHeartbeats((await connect()).open('recodex.v2'), 1000);
    expect(await secondsUntilSilent()).toBe(3);
    await advance(1000);
    FakeSocket.last.open('recodex.v2');
    expect(await secondsUntilSilent()).toBe(50);
  });
});

describe('a close that never completes', () => {
  it('of a WebSocket does not delay the reconnect', async () => {
    const socket = (await connect()).open('recodex.v2');
    await advance(50_000);
    // No close event arrives for `socket`.
    await advance(1000);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`);
    socket.receive(`[${message(2)}]`);
    expect([stream.state, stream.position]).toEqual(['live', 'a-1']);
  });

  it('of a fetch that ignores its signal does not delay the reconnect', async () => {
    const answers = [
      new Response(new ReadableStream(), { headers: { 'Content-Type': 'text/event-stream' } }),
      new Promise<Response>(() => {}),
    ];
    const fetch = (): Promise<Response> => Promise.resolve(answers.shift() ?? Response.error());
    await connect({ transport: 'sse', fetch });
    expect(stream.state).toBe('live');
    await advance(50_000);
    expect(stream.state).toBe('waiting');
    await advance(1000);
    expect(stream.state).toBe('connecting');
    await advance(10_000);
    expect(stream.state).toBe('waiting');
  });
});
