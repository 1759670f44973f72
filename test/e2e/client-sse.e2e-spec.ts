import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { channelUrl, watch, type Item } from '../../client/client.js';
import { CuttingProxy } from '../client/cutting-proxy.js';
import { begin, END, events, SseServer } from '../client/sse-server.js';

let server: SseServer;

beforeEach(async () => {
  server = await SseServer.start((response, after) => begin(response).end(events(after + 1, 3) + END));
});

afterEach(() => server.close());

async function all(stream: AsyncIterable<Item>): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of stream) seen.push('reset' in item ? item.reset : item.id);
  return seen;
}

it('takes Server-Sent Events where no WebSocket gets through', async () => {
  const stream = watch(channelUrl(server.http, 'j'), { WebSocket });
  expect(await all(stream)).toEqual(['a-1', 'a-2', 'a-3']);
  expect(stream.end).toEqual({ reason: 'finished' });
  expect([server.upgrades, server.requests.length]).toEqual([2, 1]);
});

it('sends what the protocol asks for', async () => {
  const stream = watch(channelUrl(server.http, 'a/b'), { transport: 'sse', after: 'a-2' });
  expect(await all(stream)).toEqual(['a-3']);
  const { url, headers } = server.requests[0]!;
  expect(url).toBe('/channels/a%2Fb?after=a-2');
  expect(headers).toMatchObject({ accept: 'text/event-stream' });
});

it('hands a reset on', async () => {
  const reset = 'event: reset\ndata: {"reset":"trimmed"}\n\n';
  server.answer = (response) => begin(response).end(reset + events(8, 9) + 'event: end\ndata: idle\n\n');
  const stream = watch(channelUrl(server.http, 'j'), { transport: 'sse', after: 'a-1' });
  expect(await all(stream)).toEqual(['trimmed', 'a-8', 'a-9']);
  expect(stream.end).toEqual({ reason: 'idle' });
});

it('closes the connection when it is closed', async () => {
  const gone = new Promise((resolve) => {
    server.answer = (response) => {
      response.on('close', resolve);
      begin(response).write(events(1, 1));
    };
  });
  const stream = watch(channelUrl(server.http, 'j'), { transport: 'sse' });
  await once(stream, 'message');
  stream.close();
  await gone;
  expect(stream.end).toEqual({ reason: 'closed' });
});

it('loses nothing and repeats nothing over 20 cuts, mid-event or not', async () => {
  server.answer = (response, after) => begin(response).end(events(after + 1, 300) + END);
  const cuts = Array.from({ length: 20 }, (_, at) => 50 + ((at * 397) % 1500));
  const proxy = await CuttingProxy.start(server.http, cuts);
  const stream = watch(channelUrl(proxy.http, 'j'), { transport: 'sse', random: () => 0 });
  expect(await all(stream)).toEqual(Array.from({ length: 300 }, (_, at) => `a-${at + 1}`));
  expect([proxy.cut, server.requests.length]).toEqual([20, 21]);
  proxy.close();
});
