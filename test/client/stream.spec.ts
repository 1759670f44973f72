import { afterEach, describe, expect, it } from 'vitest';
import { watch, type End, type Item, type ProgressStream, type WatchOptions } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { message } from '../fixtures/client/messages.js';

let stream: ProgressStream;

afterEach(() => stream.close());

async function connect(options: WatchOptions = {}): Promise<FakeSocket> {
  const defaults = { WebSocket: FakeSocket, transport: 'websocket', random: () => 0 } as const;
  stream = watch('http://host/channels/j', { ...defaults, ...options });
  return (await FakeSocket.next()).open();
}

async function all(): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of stream) seen.push(name(item));
  return seen;
}

function ended(): Promise<End> {
  return new Promise((resolve) => stream.addEventListener('end', ({ detail }) => resolve(detail)));
}

function name(item: Item): string {
  return 'reset' in item ? item.reset : 'id' in item ? item.id : item.continues;
}

describe('the items of a stream', () => {
  it('contain each message once, even if the server repeats messages', async () => {
    const socket = await connect({ after: 'a-1' });
    for (const seq of [1, 2, 2, 3, 1]) socket.receive(message(seq));
    socket.end(1000, 'finished');
    expect(await all()).toEqual(['a-2', 'a-3']);
  });

  it('contain resets and messages in the order of the server', async () => {
    const socket = await connect({ after: 'old-7' });
    socket
      .receive('{"reset":"epoch"}')
      .receive(message(1))
      .receive('{"reset":"trimmed"}')
      .receive(message(9));
    socket.end(1000);
    expect(await all()).toEqual(['epoch', 'a-1', 'trimmed', 'a-9']);
  });

  it('contain a reset if the epoch changes without a reset from the server', async () => {
    const socket = await connect();
    socket.receive(message(1)).receive(message(1, 'b')).end(1000);
    expect(await all()).toEqual(['a-1', 'epoch', 'b-1']);
  });

  it('contain a continuation, after which the position has the new epoch', async () => {
    const socket = await connect({ after: 'a-7' });
    socket.receive('{"continues":"a-9","epoch":"b"}');
    expect(stream.position).toBe('b-7');
    socket.receive(message(8, 'b')).receive(message(9, 'b')).end(1000);
    expect(await all()).toEqual(['a-9', 'b-8', 'b-9']);
  });

  it.each([undefined, 'c-3', 'a-10'])(
    'contain a continuation that does not change the position %s',
    async (after) => {
      const socket = await connect(after === undefined ? {} : { after });
      socket.receive('{"continues":"a-9","epoch":"b"}');
      expect(stream.position).toBe(after);
    },
  );

  it('have no gap, because a new connection fetches the missing messages', async () => {
    const socket = await connect();
    socket.receive(message(1)).receive(message(3));
    const again = (await FakeSocket.next()).open();
    expect([socket.closed, again.url]).toEqual([true, 'ws://host/channels/j?after=a-1']);
    again.receive(message(2)).receive(message(3)).end(1000);
    expect(await all()).toEqual(['a-1', 'a-2', 'a-3']);
  });

  it('end with a reset that the stream adds, if its listener closes the stream', async () => {
    const socket = await connect();
    const received: string[] = [];
    stream.addEventListener('message', ({ detail }) => received.push(detail.id));
    stream.addEventListener('reset', () => stream.close());
    socket.receive(message(1)).receive(message(1, 'b'));
    expect(received).toEqual(['a-1']);
  });

  it.each(['{', 'null', '[null]', '[7,', '{"id":"a"}', '{"id":7}', '[{"id":"a-2"}]', new ArrayBuffer(2)])(
    'stop at an invalid frame (%j), and a new connection fetches the rest',
    async (frame) => {
      const socket = await connect();
      socket.receive(message(1)).receive(frame).receive(message(2));
      const again = (await FakeSocket.next()).open();
      expect(again.url).toBe('ws://host/channels/j?after=a-1');
      again.receive(message(2)).end(1000);
      expect(await all()).toEqual(['a-1', 'a-2']);
    },
  );

  it('leave out kinds of items that only later versions know', async () => {
    const socket = await connect();
    socket.receive('{"news":1}').receive(message(1)).receive('{"moved":"a-1"}');
    socket.receive(`[{"news":1},${message(2)}]`).end(1000);
    expect(await all()).toEqual(['a-1', 'a-2']);
  });
});

describe('the loop', () => {
  it('may start late, because items are buffered', async () => {
    const socket = await connect();
    const end = ended();
    socket.receive(message(1)).receive(message(2)).end(1000);
    await end;
    expect(await all()).toEqual(['a-1', 'a-2']);
  });

  it('closes the stream when it is left', async () => {
    const socket = await connect();
    socket.receive(message(1));
    for await (const item of stream) {
      expect(name(item)).toBe('a-1');
      break;
    }
    expect([stream.end, socket.closed]).toEqual([{ reason: 'closed' }, true]);
  });

  it('throws if the stream has another loop, or had one', async () => {
    const socket = await connect();
    const first = all();
    await expect(all()).rejects.toThrow('A stream has one loop: open another one with watch()');
    socket.receive(message(1)).end(1000);
    expect(await first).toEqual(['a-1']);
    await expect(all()).rejects.toThrow(TypeError);
  });

  it('stops at once when the stream is closed', async () => {
    const socket = await connect();
    socket.receive(message(1)).receive(message(2));
    const seen: string[] = [];
    for await (const item of stream) {
      seen.push(name(item));
      stream.close();
    }
    expect(seen).toEqual(['a-1']);
  });

  it('can run beside listeners, but then gets only items that arrive while it runs', async () => {
    const socket = await connect();
    const received: string[] = [];
    stream.addEventListener('message', ({ detail }) => received.push(detail.id));
    socket.receive(message(1));
    const loop = all();
    socket.receive(message(2)).end(1000);
    expect(await loop).toEqual(['a-2']);
    expect(received).toEqual(['a-1', 'a-2']);
  });
});

describe('listeners', () => {
  it('get all messages even if one of them throws', async () => {
    const handlers = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const socket = await connect();
    const end = ended();
    const received: string[] = [];
    stream.addEventListener(
      'message',
      () => {
        throw new Error('mine');
      },
      { once: true },
    );
    stream.addEventListener('message', ({ detail }) => received.push(detail.id));
    socket.receive(message(1)).receive(message(2)).end(1000);
    expect(await thrown).toMatchObject({ message: 'mine' });
    for (const handler of handlers) process.on('uncaughtException', handler);
    expect(await end).toEqual({ reason: 'finished' });
    expect(received).toEqual(['a-1', 'a-2']);
  });
});
