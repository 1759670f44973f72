import { afterEach, describe, expect, it } from 'vitest';
import { watch, type End, type Item, type ProgressStream, type WatchOptions } from '../../client/client.js';
import { FakeSocket } from './fake-socket.js';
import { message } from './sse-server.js';

let stream: ProgressStream;

afterEach(() => stream.close());

async function start(options: WatchOptions = {}): Promise<FakeSocket> {
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
  return 'reset' in item ? item.reset : item.id;
}

describe('what a stream gives out', () => {
  it('is each message once, even when the server repeats itself', async () => {
    const socket = await start({ after: 'a-1' });
    for (const seq of [1, 2, 2, 3, 1]) socket.receive(message(seq));
    socket.end(1000, 'finished');
    expect(await all()).toEqual(['a-2', 'a-3']);
  });

  it('has the resets among the messages', async () => {
    const socket = await start({ after: 'old-7' });
    socket
      .receive('{"reset":"epoch"}')
      .receive(message(1))
      .receive('{"reset":"trimmed"}')
      .receive(message(9));
    socket.end(1000);
    expect(await all()).toEqual(['epoch', 'a-1', 'trimmed', 'a-9']);
  });

  it('says so itself when the epoch changes and the server does not', async () => {
    const socket = await start();
    socket.receive(message(1)).receive(message(1, 'b')).end(1000);
    expect(await all()).toEqual(['a-1', 'epoch', 'b-1']);
  });

  it('never has a hole: what is missing is fetched', async () => {
    const socket = await start();
    socket.receive(message(1)).receive(message(3));
    const again = (await FakeSocket.next()).open();
    expect([socket.closed, again.url]).toEqual([true, 'ws://host/channels/j?after=a-1']);
    again.receive(message(2)).receive(message(3)).end(1000);
    expect(await all()).toEqual(['a-1', 'a-2', 'a-3']);
  });

  it.each(['{', 'null', '[null]', '[7,', '{"id":"a"}', '{"id":7}', '[{"id":"a-2"}]', new ArrayBuffer(2)])(
    'ends with a frame that is none (%j): the connection is as good as broken',
    async (frame) => {
      const socket = await start();
      socket.receive(message(1)).receive(frame).receive(message(2));
      const again = (await FakeSocket.next()).open();
      expect(again.url).toBe('ws://host/channels/j?after=a-1');
      again.receive(message(2)).end(1000);
      expect(await all()).toEqual(['a-1', 'a-2']);
    },
  );

  it('passes over what a later server may send', async () => {
    const socket = await start();
    socket.receive('{"news":1}').receive(message(1)).receive('{"continues":"a-1","epoch":"b"}');
    socket.receive(`[{"news":1},${message(2)}]`).end(1000);
    expect(await all()).toEqual(['a-1', 'a-2']);
  });
});

describe('iterating', () => {
  it('may begin late: what came is kept', async () => {
    const socket = await start();
    const end = ended();
    socket.receive(message(1)).receive(message(2)).end(1000);
    await end;
    expect(await all()).toEqual(['a-1', 'a-2']);
  });

  it('closes the stream when the loop is left', async () => {
    const socket = await start();
    socket.receive(message(1));
    for await (const item of stream) {
      expect(name(item)).toBe('a-1');
      break;
    }
    expect([stream.end, socket.closed]).toEqual([{ reason: 'closed' }, true]);
  });

  it('stops at once when the stream is closed', async () => {
    const socket = await start();
    socket.receive(message(1)).receive(message(2));
    const seen: string[] = [];
    for await (const item of stream) {
      seen.push(name(item));
      stream.close();
    }
    expect(seen).toEqual(['a-1']);
  });

  it('goes with listening, and nothing is kept for a loop that never runs', async () => {
    const socket = await start();
    const heard: string[] = [];
    stream.addEventListener('message', ({ detail }) => heard.push(detail.id));
    socket.receive(message(1));
    const loop = all();
    socket.receive(message(2)).end(1000);
    expect(await loop).toEqual(['a-2']);
    expect(heard).toEqual(['a-1', 'a-2']);
  });
});

describe('listening', () => {
  it('goes on when a listener throws', async () => {
    const handlers = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const socket = await start();
    const end = ended();
    const heard: string[] = [];
    stream.addEventListener(
      'message',
      () => {
        throw new Error('mine');
      },
      { once: true },
    );
    stream.addEventListener('message', ({ detail }) => heard.push(detail.id));
    socket.receive(message(1)).receive(message(2)).end(1000);
    expect(await thrown).toMatchObject({ message: 'mine' });
    for (const handler of handlers) process.on('uncaughtException', handler);
    expect(await end).toEqual({ reason: 'finished' });
    expect(heard).toEqual(['a-1', 'a-2']);
  });
});
