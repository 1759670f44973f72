import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor({
  limits: { channel_id_bytes: 64, client_message_bytes: 100, subscribe_timeout: 0.2 },
});
let id = '';

describe('the legacy protocol', () => {
  it('lets a client that comes before the first message wait', async () => {
    const client = await watching(legacy('/', fresh()));
    await running.broker.send(id, 'STARTED');
    expect(await client.received(1)).toEqual(['{"command": "STARTED"}']);
  });

  it.each(['/', '/any/path?x=1', '/channels', '/channels/a/b', '/health/live'])(
    'is spoken on %s',
    async (path) => {
      await running.broker.send(fresh(), 'FINISHED');
      expect(await legacy(path, id).received(1)).toEqual(['{"command": "FINISHED"}']);
    },
  );

  it('accepts any origin and sub-protocol, and declines permessage-deflate', async () => {
    await running.broker.send(fresh(), 'FINISHED');
    const client = legacy('/', id, ['soap', 'wamp']);
    await client.received(1);
    expect(client.socket.protocol).toBe('soap');
    expect(client.socket.extensions).toBe('');
  });

  it('takes the id exactly as sent', async () => {
    await running.broker.send(`${fresh()}\n`, 'UPLOADED');
    await running.broker.send(id, 'ENDED');
    expect(await legacy('/', `${id}\n`).received(1)).toEqual(['{"command": "UPLOADED"}']);
    expect(await legacy('/', id).received(1)).toEqual(['{"command": "ENDED"}']);
  });

  it('takes a fragmented first message', async () => {
    await running.broker.send(fresh(), 'FINISHED');
    const client = await new TestClient(running.monitor.ws).opened();
    client.socket.send(id.slice(0, 3), { fin: false });
    client.socket.send(id.slice(3), { fin: true });
    expect(await client.received(1)).toEqual(['{"command": "FINISHED"}']);
  });

  it('ignores later messages, also binary ones', async () => {
    const client = await watching(legacy('/', fresh()));
    client.socket.send('other');
    client.socket.send(Buffer.from('binary'));
    await pong(client);
    await running.broker.send(id, 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual(['{"command": "FINISHED"}']);
  });

  it('ends only with the exact command FINISHED', async () => {
    const client = await watching(legacy('/', fresh()));
    for (const command of ['finished', 'FINISHED ', 'FAILED', 'ABORTED', 'FINISHED'])
      await running.broker.send(id, command);
    await client.closed;
    expect(client.frames).toHaveLength(5);
  });

  it.each([
    ['an empty id', '', { code: 1008, reason: 'channel id' }],
    ['an id that is too long', 'x'.repeat(65), { code: 1008, reason: 'channel id' }],
    ['a binary message', Buffer.from('job'), { code: 1003, reason: 'text only' }],
    ['a huge message', 'x'.repeat(101), { code: 1009, reason: '' }],
  ])('closes on %s', async (_, message, close) => {
    const client = await new TestClient(running.monitor.ws).opened();
    client.socket.send(message);
    expect(await client.closed).toEqual(close);
    expect(client.frames).toEqual([]);
  });

  it('closes with 1007 on text that is not UTF-8', async () => {
    const client = await new TestClient(running.monitor.ws).opened();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await client.closed).toMatchObject({ code: 1007 });
  });

  it('closes a client that names no channel within limits.subscribe_timeout', async () => {
    expect(await new TestClient(running.monitor.ws).closed).toEqual({ code: 1008, reason: 'no channel id' });
  });
});

describe('a channel as a URL', () => {
  it('streams messages with position and time', async () => {
    const client = stream(fresh());
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await running.broker.send(id, 'FINISHED');
    const [task, finished] = await client.received(2);
    expect(task).toMatch(
      /^{"id":"[0-9a-f]+-1","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","command":"TASK","task_id":"compile","task_state":"COMPLETED"}$/,
    );
    expect(JSON.parse(finished!)).toMatchObject({
      id: expect.stringMatching(/-2$/) as string,
      command: 'FINISHED',
    });
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
  });

  it.each([
    ['behind a prefix', (name: string) => `/monitor/v1/channels/${name}`],
    [
      'with an encoded slash and other characters',
      (name: string) => `/channels/${encodeURIComponent(`${name}/š ?#`)}`,
    ],
  ])('is found %s', async (_, path) => {
    await running.broker.send(path(fresh()).includes('%2F') ? `${id}/š ?#` : id, 'FINISHED');
    const client = client_(path(id));
    expect(JSON.parse((await client.received(1))[0]!)).toMatchObject({ command: 'FINISHED' });
  });

  it.each(['/channels/', '/channels/%zz', '/channels/%ff', `/channels/${'x'.repeat(65)}`])(
    'refuses the id of %s',
    async (path) => {
      expect(await client_(path).closed).toEqual({ code: 1008, reason: 'channel id' });
    },
  );

  it('resumes after a position: none lost, none twice', async () => {
    for (const command of ['A', 'B', 'C']) await running.broker.send(fresh(command === 'A'), command);
    const first = (await stream(id).received(3))[0]!;
    const client = stream(id, `?after=${(JSON.parse(first) as { id: string }).id}`);
    await running.broker.send(id, 'FINISHED');
    await client.closed;
    expect(client.frames.map((frame) => (JSON.parse(frame) as { command: string }).command)).toEqual([
      'B',
      'C',
      'FINISHED',
    ]);
  });

  it.each(['', '?after=', '?lastEventId=&after='])(
    'gives all to a client that comes with %j',
    async (query) => {
      await running.broker.send(fresh(), 'FINISHED');
      const client = stream(id, query);
      await client.closed;
      expect(client.frames).toEqual([expect.stringContaining('FINISHED')]);
    },
  );

  it.each(['other-1', 'nonsense', 'constructor', '__proto__'])(
    'says {"reset":"epoch"} first to a client that comes with ?after=%s',
    async (after) => {
      await running.broker.send(fresh(), 'FINISHED');
      const frames = await stream(id, `?after=${after}`).received(2);
      expect(frames[0]).toBe('{"reset":"epoch"}');
      expect(frames[1]).toContain('FINISHED');
    },
  );

  it('chooses recodex.v1 when it is offered, and never echoes a token', async () => {
    await running.broker.send(fresh(), 'FINISHED');
    const client = client_(`/channels/${id}`, ['token.secret', 'recodex.v1']);
    await client.received(1);
    expect(client.socket.protocol).toBe('recodex.v1');
  });

  it('ignores text and closes on a binary message', async () => {
    const client = await stream(fresh()).opened();
    client.socket.send('hello');
    client.socket.send(Buffer.from('hello'));
    expect(await client.closed).toEqual({ code: 1003, reason: 'text only' });
  });
});

describe('limits', () => {
  it('says {"reset":"trimmed"} to a first visit to a trimmed log', async () => {
    await withMonitor({ limits: { channel_messages: 2 } }, async ({ ws, app }, send) => {
      for (const command of ['A', 'B', 'C']) await send('j', command);
      await vi.waitFor(() => expect(app.get(ChannelsService).summary('j')?.messages).toBe(3));
      const client = new TestClient(`${ws}/channels/j`);
      const frames = await client.received(3);
      expect(frames[0]).toBe('{"reset":"trimmed"}');
      expect(frames.slice(1).join()).toMatch(/"B".*"C"/);
      client.socket.terminate();
    });
  });

  it('answers 503 to one client too many', async () => {
    await withMonitor({ limits: { connections: 1 } }, async ({ ws }) => {
      const first = await new TestClient(`${ws}/channels/j`).opened();
      await expect(new TestClient(`${ws}/channels/j`).closed).rejects.toThrow('503');
      first.socket.close();
      await first.closed;
    });
  });

  it('closes a channel with 1000 idle when nothing follows its messages for retention.idle', async () => {
    await withMonitor({ retention: { idle: 0.05 } }, async ({ ws, app }, send) => {
      const queued = await new TestClient(`${ws}/channels/queued`).opened();
      const stream = new TestClient(`${ws}/channels/j`);
      const legacy = new TestClient(ws, { firstMessage: 'j' });
      await vi.waitFor(() => expect(app.get(ChannelsService).summary('j')?.subscribers).toBe(2));
      await send('j', 'STARTED');
      expect(await stream.closed).toEqual({ code: 1000, reason: 'idle' });
      expect(await legacy.closed).toEqual({ code: 1000, reason: 'idle' });
      expect(queued.socket.readyState).toBe(queued.socket.OPEN);
    });
  });

  it('closes a client that reads nothing with 1013 slow, and delays no other', async () => {
    await withMonitor(
      { limits: { channel_messages: 50, message_bytes: 200_000, lag: 60 } },
      async ({ ws, app }, send) => {
        const stalled = await new TestClient(`${ws}/channels/j`).opened();
        const other = await new TestClient(`${ws}/channels/j`).opened();
        await vi.waitFor(() => expect(app.get(ChannelsService).summary('j')?.subscribers).toBe(2));
        stalled.socket.pause();
        for (let i = 0; i < 400; i++) {
          await send('j', 'TASK', 'x'.repeat(100_000), 'COMPLETED');
          await other.received(i + 1);
        }
        expect(app.get(ChannelsService).summary('j')!.subscribers).toBe(1);
        stalled.socket.resume();
        expect(await stalled.closed).toEqual({ code: 1013, reason: 'slow' });
        const got = stalled.frames.map((frame) =>
          Number((JSON.parse(frame) as { id: string }).id.split('-')[1]),
        );
        expect(got).toEqual(got.map((_, i) => i + 1));
        other.socket.terminate();
      },
    );
  });
});

describe('what a client may send', () => {
  it.each([
    ['text', (client: TestClient) => client.socket.send('x')],
    ['empty text', (client: TestClient) => client.socket.send('')],
    ['pings', (client: TestClient) => client.socket.ping()],
    ['pongs', (client: TestClient) => client.socket.pong()],
    ['fragments', (client: TestClient) => client.socket.send('x', { fin: false })],
    ['empty fragments', (client: TestClient) => client.socket.send('', { fin: false })],
  ])('is limits.client_frames within an interval; above it the client is cut off: %s', async (_, send) => {
    await withMonitor({ limits: { client_frames: 10 } }, async ({ ws }) => {
      const client = await new TestClient(`${ws}/channels/j`).opened();
      for (let i = 0; i < 9; i++) send(client);
      await pong(client);
      send(client);
      expect(await client.closed).toEqual({ code: 1006, reason: '' });
    });
  });

  it('begins anew with each interval', async () => {
    await withMonitor(
      { limits: { client_frames: 5 }, heartbeat: { interval: 0.2 } },
      async ({ ws }, send) => {
        const client = await new TestClient(`${ws}/channels/j`).opened();
        for (let i = 0; i < 4; i++) {
          // The ping is answered, which is a frame, too.
          await new Promise((resolve) => client.socket.once('ping', resolve));
          client.socket.send('x');
          client.socket.send('x');
        }
        await send('j', 'FINISHED');
        expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
      },
    );
  });

  it('is a message of at most 64 fragments', async () => {
    await withMonitor({}, async ({ ws }, send) => {
      await send('j', 'FINISHED');
      const [good, bad] = [await new TestClient(ws).opened(), await new TestClient(ws).opened()];
      good.socket.send('j', { fin: false });
      for (let i = 0; i < 62; i++) good.socket.send('', { fin: false });
      good.socket.send('');
      expect(await good.closed).toEqual({ code: 1000, reason: '' });
      for (let i = 0; i < 65; i++) bad.socket.send('j', { fin: false });
      expect(await bad.closed).toMatchObject({ code: 1008 });
    });
  });

  it('becomes complete within two intervals', async () => {
    await withMonitor({ heartbeat: { interval: 0.1 } }, async ({ ws }) => {
      const client = await new TestClient(`${ws}/channels/j`).opened();
      client.socket.send('x', { fin: false });
      expect(await client.closed).toMatchObject({ code: 1006 });
    });
  });
});

describe('the heartbeat', () => {
  it('pings, keeps the clients that answer and drops the one that does not', async () => {
    await withMonitor({ heartbeat: { interval: 0.1 } }, async ({ ws }) => {
      const [alive, dead] = [new TestClient(`${ws}/channels/j`), new TestClient(`${ws}/channels/j`)];
      dead.socket.pong = () => {};
      await Promise.all([alive.opened(), dead.opened()]);
      Object.assign(dead.socket, { _autoPong: false });
      expect(await dead.closed).toMatchObject({ code: 1006 });
      await new Promise((resolve) => alive.socket.once('ping', resolve));
      expect(alive.socket.readyState).toBe(alive.socket.OPEN);
      alive.socket.terminate();
    });
  });
});

describe('bad input on the WebSocket port', () => {
  it('harms nobody: the next job is shown as if nothing had been', async () => {
    const port = Number(new URL(running.monitor.http).port);
    const half = connect(port, '127.0.0.1');
    half.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n');
    await raw(port, 'no HTTP at all\r\n\r\n');
    await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n');
    expect((await fetch(running.monitor.http)).status).toBe(200);
    const client = await new TestClient(running.monitor.ws).opened();
    // A frame with reserved bits set, straight on the wire.
    (client.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xf1, 0x80, 0, 0, 0, 0]),
    );
    expect(await client.closed).toMatchObject({ code: 1002 });

    await running.broker.send(fresh(), 'FINISHED');
    expect(await legacy('/', id).received(1)).toEqual(['{"command": "FINISHED"}']);
    half.destroy();
  });
});

function fresh(change = true): string {
  if (change) id = running.freshId();
  return id;
}

function client_(path: string, protocols: string[] = []): TestClient {
  return running.connect(path, { protocols });
}

function stream(channel: string, query = ''): TestClient {
  return client_(`/channels/${channel}${query}`);
}

function legacy(path: string, firstMessage: string, protocols: string[] = []): TestClient {
  return running.connect(path, { firstMessage, protocols });
}

/** Waits until the client's first message was handled. */
async function watching(client: TestClient): Promise<TestClient> {
  await client.opened();
  await pong(client);
  return client;
}

/** A round trip: the server has seen all that the client sent before. */
async function pong(client: TestClient): Promise<void> {
  const answered = new Promise((resolve) => client.socket.once('pong', resolve));
  client.socket.ping();
  await answered;
}

/** Sends bytes and waits until the server has closed the connection. */
async function raw(port: number, bytes: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket
      .on('close', () => resolve())
      .on('error', () => {})
      .resume();
  });
}

async function withMonitor(
  overrides: Parameters<typeof startMonitor>[0],
  use: (monitor: Monitor, send: (...frames: string[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const other = await startMonitor(overrides);
  const source = await FakeBroker.connect(other.endpoint);
  try {
    await use(other, (...frames) => source.send(...frames));
  } finally {
    source.close();
    await other.close();
  }
}
