import { beforeEach, describe, expect, it } from 'vitest';
import type { ProgressStream } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

const OFFERED = ['recodex.v2', 'recodex.v1'];

const fake = setUpFakeStreams('http://host/channels/j', { transport: 'websocket' });
let stream: ProgressStream;
let seen: string[];

beforeEach(async () => {
  seen = [];
  stream = await fake.open();
  stream.addEventListener('message', ({ detail }) => seen.push(detail.id));
  stream.addEventListener('reset', ({ detail }) => seen.push(detail));
});

function batch(...items: string[]): string {
  return `[${items.join(',')}]`;
}

describe('the sub-protocols', () => {
  it('are offered, the one with batches first', () => {
    expect(FakeSocket.last.protocols).toEqual(OFFERED);
  });

  it('are left out if the connection fails twice only with them', async () => {
    for (const opened of [2, 4]) {
      FakeSocket.last.end(1006);
      await advance(0);
      FakeSocket.last.open().receive(message(opened / 2));
      expect([stream.state, FakeSocket.all.length, FakeSocket.last.protocols]).toEqual(['live', opened, []]);
      FakeSocket.last.end(1006);
      await advance(1000);
    }
    expect(seen).toEqual(['a-1', 'a-2']);
    expect([FakeSocket.all.length, FakeSocket.last.protocols]).toEqual([5, []]);
  });

  it('are offered again after the server was away for a moment', async () => {
    FakeSocket.last.end(1006);
    await advance(0);
    FakeSocket.last.open().end(1006);
    await advance(1000);
    FakeSocket.last.open('recodex.v2').receive(message(1));
    expect([seen, stream.state, FakeSocket.all.length]).toEqual([['a-1'], 'live', 3]);
  });

  it('are offered again if the connection then fails without them', async () => {
    for (const text of [message(1), message(2)]) {
      FakeSocket.last.end(1006);
      await advance(0);
      FakeSocket.last.open().receive(text).end(1006);
      await advance(1000);
    }
    FakeSocket.last.end(1006);
    await advance(2000);
    expect([FakeSocket.all.length, FakeSocket.last.protocols]).toEqual([6, OFFERED]);
  });

  it('are still offered if a connection with them has opened before', async () => {
    FakeSocket.last.open('recodex.v1').end(1006);
    await advance(1000);
    FakeSocket.last.end(1006);
    await advance(0);
    expect([stream.state, FakeSocket.all.length, FakeSocket.last.protocols]).toEqual(['waiting', 2, OFFERED]);
  });

  it('are still offered if the server answers with a close code', async () => {
    FakeSocket.last.end(1013, 'busy');
    await advance(0);
    expect([stream.state, FakeSocket.all.length, FakeSocket.last.protocols]).toEqual(['waiting', 1, OFFERED]);
  });
});

describe('a batch', () => {
  it('delivers its items in order, each once', () => {
    const socket = FakeSocket.last.open('recodex.v2');
    socket.receive(batch('{"reset":"trimmed"}', message(7), message(8))).receive(batch());
    socket.receive(batch(message(8), message(9)));
    expect(seen).toEqual(['trimmed', 'a-7', 'a-8', 'a-9']);
  });

  it('delivers no further item after a listener closes the stream', () => {
    stream.addEventListener('message', () => stream.close());
    FakeSocket.last.open('recodex.v2').receive(batch(message(1), message(2)));
    expect(seen).toEqual(['a-1']);
  });

  it('with a gap is delivered up to the gap, and a new connection fetches the rest', async () => {
    FakeSocket.last.open('recodex.v2').receive(batch(message(1), message(3)));
    await advance(1000);
    expect(seen).toEqual(['a-1']);
    expect(FakeSocket.last.url).toBe('ws://host/channels/j?after=a-1');
  });
});
