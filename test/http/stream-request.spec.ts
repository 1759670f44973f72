import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseStreamRequest, streamRequestOf, type StreamRequest } from '../../src/http/stream-request.js';

const EPOCH = '0123456789ab';

function parse(url: string, headers: IncomingHttpHeaders = {}, webSocket = false): StreamRequest {
  const request = { url, headers, socket: { remoteAddress: '192.0.2.1' } } as IncomingMessage;
  return parseStreamRequest(request, { listener: 'public', webSocket, maxIdBytes: 8 });
}

describe('a stream request', () => {
  it('contains the route, the position and the representation of the request', () => {
    expect(parse(`/p/channels/j%201?after=${EPOCH}-7`, { accept: 'text/event-stream' })).toEqual({
      listener: 'public',
      route: { kind: 'channel', id: 'j 1', after: `${EPOCH}-7` },
      representation: 'text/event-stream',
      namesEventStream: true,
      position: { epoch: EPOCH, seq: 7 },
      hasSeenEnd: false,
      clientAddress: '192.0.2.1',
      clientSource: 'connection',
      credentials: { token: undefined },
    });
  });

  it.each([
    ['application/json', 'application/json', false],
    ['text/html,*/*;q=0.8', 'text/html', false],
    ['*/*', 'text/event-stream', false],
    ['TEXT/Event-Stream', 'text/event-stream', true],
    ['image/png', undefined, false],
  ])('Accept: %s', (accept, representation, namesEventStream) => {
    expect(parse('/channels/j', { accept })).toMatchObject({ representation, namesEventStream });
  });

  it('has no representation when its path is not the path of a channel', () => {
    expect(parse('/', { accept: 'text/html' })).toMatchObject({
      route: { kind: 'legacy' },
      representation: undefined,
    });
  });

  it('reads the position of an EventSource from its header first, then from the URL', () => {
    const url = `/channels/j?after=${EPOCH}-1`;
    expect(parse(url, { 'last-event-id': `${EPOCH}-2` }).position).toEqual({ epoch: EPOCH, seq: 2 });
    expect(parse(url, { 'last-event-id': '' }).position).toEqual({ epoch: EPOCH, seq: 1 });
    expect(parse(url, { 'last-event-id': 'nonsense' }).position).toBeNull();
    expect(parse('/channels/j').position).toBeUndefined();
  });

  it('reads the position of a WebSocket from the URL only', () => {
    const url = `/channels/j?after=${EPOCH}-1`;
    expect(parse(url, { 'last-event-id': `${EPOCH}-2` }, true)).toMatchObject({
      representation: 'websocket',
      position: { epoch: EPOCH, seq: 1 },
    });
  });

  it('reports whether the client has received the end', () => {
    expect(parse('/channels/j', { 'last-event-id': 'end' })).toMatchObject({
      hasSeenEnd: true,
      position: null,
    });
    expect(parse('/channels/j?lastEventId=end')).toMatchObject({ hasSeenEnd: true });
  });

  it.each(['/channels/', '/channels/123456789', '/channels/%ff', '/channels/%'])(
    '%s has an invalid id',
    (url) => {
      expect(parse(url).route).toEqual({ kind: 'bad-channel-id' });
    },
  );

  it.each([
    [{ authorization: 'Bearer a.b.c' }, 'a.b.c'],
    [{ authorization: 'bearer  a.b.c ' }, 'a.b.c'],
    [{ 'sec-websocket-protocol': 'recodex.v2, token.a.b.c' }, 'a.b.c'],
    [{ authorization: 'Bearer x', 'sec-websocket-protocol': 'token.y' }, 'x'],
    [{ authorization: 'Basic eDp5' }, undefined],
    [{ authorization: 'Bearer' }, undefined],
    [{ 'sec-websocket-protocol': 'token.' }, undefined],
    [{ 'sec-websocket-protocol': 'recodex.v1' }, undefined],
  ])('credentials of %j: %s', (headers, token) => {
    expect(parse('/channels/j', headers).credentials.token).toBe(token);
  });

  it('cannot be read from a request that HttpServers has not parsed', () => {
    expect(() => streamRequestOf({} as IncomingMessage)).toThrow('HttpServers');
  });
});
