import { describe, expect, it } from 'vitest';
import type { ProgressStream, WatchOptions } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { END_EVENT, events, message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('wss://host/channels/j');
let stream: ProgressStream;

async function open(options: WatchOptions = {}): Promise<void> {
  stream = await fake.open(options);
}

/** The WebSocket fails, with sub-protocols and without. */
async function failWebSockets(): Promise<void> {
  for (const _attempt of ['offering', 'plain']) {
    FakeSocket.last.end(1006);
    await advance(0);
  }
}

describe('the fallback to Server-Sent Events', () => {
  it('starts at once if the WebSocket fails before it opens', async () => {
    const server = fake.http.stream();
    await open({ after: 'a-1' });
    await failWebSockets();
    expect(stream.state).toBe('live');
    expect(fake.http.requests).toEqual([
      { url: 'https://host/channels/j?after=a-1', headers: { Accept: 'text/event-stream' } },
    ]);
    await server.send(events(2, 3));
    expect(stream.position).toBe('a-3');
    await server.send(END_EVENT);
    expect(stream.end).toEqual({ reason: 'finished' });
  });

  it('starts after 3 s if the WebSocket does not open, and closes the WebSocket', async () => {
    fake.http.stream();
    await open();
    await advance(2999);
    expect(fake.http.requests).toEqual([]);
    await advance(1);
    expect([stream.state, FakeSocket.last.closed]).toEqual(['live', true]);
    FakeSocket.last.open().receive(message(1));
    expect(stream.position).toBeUndefined();
  });

  it('stays in use after it worked', async () => {
    const server = fake.http.stream();
    await open();
    await failWebSockets();
    await server.end();
    await advance(1000);
    expect([stream.state, FakeSocket.all.length, fake.http.requests.length]).toEqual(['live', 2, 2]);
  });

  it('is not preferred after it failed: the next attempt starts with a WebSocket', async () => {
    await open();
    await failWebSockets();
    expect(stream.state).toBe('waiting');
    await advance(1000);
    FakeSocket.last.open();
    expect([stream.state, FakeSocket.all.length, fake.http.requests.length]).toEqual(['live', 3, 1]);
  });

  it('is not used after a WebSocket that worked, until a WebSocket fails to open twice', async () => {
    fake.http.stream();
    await open();
    FakeSocket.last.open().end(1012);
    await advance(1000);
    expect([FakeSocket.all.length, fake.http.requests.length]).toEqual([2, 0]);
    FakeSocket.last.end(1006);
    await advance(2000);
    FakeSocket.last.end(1006);
    await advance(0);
    expect([stream.state, FakeSocket.all.length, fake.http.requests.length]).toEqual(['live', 3, 1]);
  });

  it('fails if the response does not start within 10 s', async () => {
    fake.http.hang();
    await open({ transport: 'sse' });
    await advance(10_000);
    expect(stream.state).toBe('waiting');
  });
});

describe('a response without a stream', () => {
  it.each([400, 401, 403, 404, 405, 406, 410])(
    '%i ends the stream if the URL never worked',
    async (status) => {
      fake.http.respond(status);
      await open({ transport: 'sse' });
      expect(stream.end).toEqual({ reason: 'refused', detail: `HTTP ${status}` });
    },
  );

  it('with a web page ends the stream', async () => {
    fake.http.respond(200, 'text/html');
    await open({ transport: 'sse' });
    expect(stream.end).toEqual({ reason: 'refused', detail: 'HTTP 200 text/html' });
  });

  it('204 ends the stream as finished', async () => {
    fake.http.respond(204);
    await open({ transport: 'sse' });
    expect(stream.end).toEqual({ reason: 'finished' });
  });

  it.each([429, 500, 502, 503])('%i makes the stream try again', async (status) => {
    fake.http.respond(status);
    await open({ transport: 'sse' });
    expect(stream.state).toBe('waiting');
  });

  it('404 makes the stream try again if the URL has worked, because a proxy may have lost its server', async () => {
    const server = fake.http.stream();
    await open({ transport: 'sse' });
    fake.http.respond(404);
    await server.end();
    await advance(1000);
    expect([stream.state, fake.http.requests.length]).toEqual(['waiting', 2]);
  });
});
