import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { channelUrl, watch } from '../../client/client.js';
import { message } from '../fixtures/client/messages.js';
import { drain } from '../fixtures/client/play-tasks.js';

let server: WebSocketServer;

afterEach(() => new Promise((resolve) => server.close(resolve)));

const BATCHES = ['[]', `[{"reset":"trimmed"},${message(7)}]`, '[]', `[${message(8)},${message(9)}]`];
const SINGLE = ['{"reset":"trimmed"}', message(7), message(8), message(9)];

it.each<[string, string | false, string[], (string | undefined)[]]>([
  ['batches', 'recodex.v2', BATCHES, ['recodex.v2,recodex.v1']],
  ['one message per frame', 'recodex.v1', SINGLE, ['recodex.v2,recodex.v1']],
  [
    'no sub-protocol, as behind a proxy that removes them',
    false,
    SINGLE,
    ['recodex.v2,recodex.v1', undefined],
  ],
])('the client understands a server that speaks %s', async (_, protocol, frames, offers) => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => protocol });
  await once(server, 'listening');
  const offered: (string | undefined)[] = [];
  server.on('connection', (socket, { headers }) => {
    offered.push(headers['sec-websocket-protocol']);
    for (const frame of frames) socket.send(frame);
    socket.close(1000, 'finished');
  });
  const url = channelUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'j');
  const stream = watch(url, { WebSocket, transport: 'websocket' });
  expect(await drain(stream)).toEqual({ seen: ['trimmed', 't7', 't8', 't9'], end: { reason: 'finished' } });
  expect(offered).toEqual(offers);
});
