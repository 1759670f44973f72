import { describe, expect, it, vi } from 'vitest';
import type { ProgressStream } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('http://host/channels/j', { transport: 'websocket' });

/** Opens a stream, and a connection, and lets `lose` end the connection. */
async function lose(end: (socket: FakeSocket) => unknown): Promise<ProgressStream> {
  const stream = await fake.open();
  expect(stream.lostReason).toBeUndefined();
  await end(FakeSocket.last.open('recodex.v2').receive(`[${message(1)}]`));
  await advance(0);
  return stream;
}

describe('the reason of a lost WebSocket', () => {
  it.each([
    ['broken', 1006, ''],
    ['restart', 1012, 'restart'],
    ['slow', 1013, 'slow'],
    ['busy', 1013, 'busy'],
    ['closed', 1001, ''],
    ['closed', 1008, 'no channel id'],
    ['closed', 1011, 'error'],
  ])('is %s after %i "%s"', async (reason, code, text) => {
    const stream = await lose((socket) => socket.end(code, text));
    expect([stream.state, stream.lostReason]).toEqual(['waiting', reason]);
  });

  it('is silent if no heartbeat came', async () => {
    const stream = await lose(() => advance(50_000));
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'silent']);
  });

  it.each(['{', `[${message(3)}]`])('is invalid after the frame %s', async (frame) => {
    const stream = await lose((socket) => socket.receive(frame));
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'invalid']);
  });

  it('is kept while the stream connects again, and removed when it is live', async () => {
    const stream = await lose((socket) => socket.end(1012));
    await advance(1000);
    expect([stream.state, stream.lostReason]).toEqual(['connecting', 'restart']);
    FakeSocket.last.open('recodex.v2');
    expect([stream.state, stream.lostReason]).toEqual(['live', undefined]);
  });

  it('is unreachable or timeout if the connection did not open', async () => {
    const stream = await fake.open();
    FakeSocket.last.end(1006);
    await advance(0);
    FakeSocket.last.end(1006);
    await advance(0);
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'unreachable']);
    await advance(11_000);
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'timeout']);
  });

  it('is still set when the stream ends while it waits', async () => {
    const stream = await lose((socket) => socket.end(1012));
    stream.close();
    expect([stream.state, stream.lostReason]).toEqual(['ended', 'restart']);
  });
});

describe('a wake event', () => {
  it('is the reason if it replaces a connection, but not if it only shortens the delay', async () => {
    const window = new EventTarget();
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    const stream = await fake.open();
    vi.unstubAllGlobals();
    FakeSocket.last.open('recodex.v2');
    window.dispatchEvent(new Event('online'));
    expect([stream.state, stream.lostReason]).toEqual(['connecting', 'woken']);
    FakeSocket.last.open('recodex.v2').end(1012);
    await advance(0);
    window.dispatchEvent(new Event('online'));
    expect([stream.state, stream.lostReason]).toEqual(['connecting', 'restart']);
  });
});

describe('the reason of lost Server-Sent Events', () => {
  it.each([
    ['busy', 429],
    ['busy', 503],
    ['unreachable', 408],
    ['unreachable', 500],
    ['unreachable', 502],
  ])('is %s after the status %i', async (reason, status) => {
    fake.http.respond(status);
    const stream = await fake.open({ transport: 'sse' });
    expect([stream.state, stream.lostReason]).toEqual(['waiting', reason]);
  });

  it('is closed after the end of the response, and invalid after a gap', async () => {
    const server = fake.http.stream();
    const stream = await fake.open({ transport: 'sse', after: 'a-1' });
    await server.end();
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'closed']);
    const again = fake.http.stream();
    await advance(1000);
    await again.send(`data: ${message(3)}\n\n`);
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'invalid']);
  });

  it('is broken if the response fails, and unreachable without a network', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError('network')) });
    const answers = [new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })];
    const fetch = (): Promise<Response> =>
      answers.length > 0 ? Promise.resolve(answers.pop()!) : Promise.reject(new TypeError('no network'));
    const stream = await fake.open({ transport: 'sse', fetch });
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'broken']);
    await advance(1000);
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'unreachable']);
  });
});

describe('a token', () => {
  it('is the reason while another one is needed', async () => {
    let calls = 0;
    const stream = await fake.open({ token: () => `e30.${++calls}.-_` });
    FakeSocket.last.open('recodex.v2').end(1008, 'token');
    await advance(0);
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'token']);
  });

  it('is the reason if its function fails', async () => {
    const stream = await fake.open({ token: () => Promise.reject(new Error('offline')) });
    expect([stream.state, stream.lostReason]).toEqual(['waiting', 'token']);
  });
});
