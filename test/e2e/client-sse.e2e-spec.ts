import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { channelUrl, watch, type Item } from '../../client/client.js';
import { CuttingProxy } from '../fixtures/client/cutting-proxy.js';
import { END_EVENT, events } from '../fixtures/client/messages.js';
import { SseServer, startEventStream } from '../fixtures/client/sse-server.js';

let server: SseServer;

beforeEach(async () => {
  server = await SseServer.start((response, after) =>
    startEventStream(response).end(events(after + 1, 3) + END_EVENT),
  );
});

afterEach(() => server.close());

/** Reads a stream to its end. Returns the ids of its messages and the reasons of its resets. */
async function all(stream: AsyncIterable<Item>): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of stream) seen.push('id' in item ? item.id : Object.values(item).join(' '));
  return seen;
}

it('the stream uses Server-Sent Events if the server refuses WebSockets', async () => {
  const stream = watch(channelUrl(server.http, 'j'), { WebSocket });
  expect(await all(stream)).toEqual(['a-1', 'a-2', 'a-3']);
  expect(stream.end).toEqual({ reason: 'finished' });
  expect([server.upgrades, server.requests.length]).toEqual([2, 1]);
});

it('the request contains the path, the position and the media type', async () => {
  const stream = watch(channelUrl(server.http, 'a/b'), { transport: 'sse', after: 'a-2' });
  expect(await all(stream)).toEqual(['a-3']);
  const { url, headers } = server.requests[0]!;
  expect(url).toBe('/channels/a%2Fb?after=a-2');
  expect(headers).toMatchObject({ accept: 'text/event-stream' });
});

it('the stream delivers a reset of the server', async () => {
  const reset = 'event: reset\ndata: {"reset":"trimmed"}\n\n';
  server.answer = (response) =>
    startEventStream(response).end(reset + events(8, 9) + 'event: end\ndata: idle\n\n');
  const stream = watch(channelUrl(server.http, 'j'), { transport: 'sse', after: 'a-1' });
  expect(await all(stream)).toEqual(['trimmed', 'a-8', 'a-9']);
  expect(stream.end).toEqual({ reason: 'idle' });
});

it('closing the stream closes the connection', async () => {
  const gone = new Promise((resolve) => {
    server.answer = (response) => {
      response.on('close', resolve);
      startEventStream(response).write(events(1, 1));
    };
  });
  const stream = watch(channelUrl(server.http, 'j'), { transport: 'sse' });
  await once(stream, 'message');
  stream.close();
  await gone;
  expect(stream.end).toEqual({ reason: 'closed' });
});

it('the stream loses and repeats no message while 20 connections are cut', async () => {
  server.answer = (response, after) => startEventStream(response).end(events(after + 1, 300) + END_EVENT);
  const cuts = Array.from({ length: 20 }, (_, at) => 50 + ((at * 397) % 1500));
  const proxy = await CuttingProxy.start(server.http, cuts);
  const stream = watch(channelUrl(proxy.http, 'j'), { transport: 'sse', random: () => 0 });
  expect(await all(stream)).toEqual(Array.from({ length: 300 }, (_, at) => `a-${at + 1}`));
  expect([proxy.cut, server.requests.length]).toEqual([20, 21]);
  proxy.close();
});
