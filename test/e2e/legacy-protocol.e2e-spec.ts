import { describe, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor({
  limits: { channel_id_bytes: 64, client_message_bytes: 100, subscribe_timeout: 0.2 },
});

describe('the legacy protocol', () => {
  it('sends the first message to a client that subscribed before', async () => {
    const id = running.freshId();
    const client = await running.connectLegacy(id).roundTrip();
    await running.broker.send(id, 'STARTED');
    expect(await client.received(1)).toEqual(['{"command": "STARTED"}']);
  });

  it.each(['/', '/any/path?x=1', '/channels', '/channels/a/b', '/health/live'])(
    'is available on %s',
    async (path) => {
      const id = running.freshId();
      await running.broker.send(id, 'FINISHED');
      expect(await running.connectLegacy(id, path).received(1)).toEqual(['{"command": "FINISHED"}']);
    },
  );

  it('accepts any origin and sub-protocol, and declines permessage-deflate', async () => {
    const id = running.freshId();
    await running.broker.send(id, 'FINISHED');
    const client = running.connectLegacy(id, '/', { protocols: ['soap', 'wamp'] });
    await client.received(1);
    expect(client.socket.protocol).toBe('soap');
    expect(client.socket.extensions).toBe('');
  });

  it('does not trim the id', async () => {
    const id = running.freshId();
    await running.broker.send(`${id}\n`, 'UPLOADED');
    await running.broker.send(id, 'ENDED');
    expect(await running.connectLegacy(`${id}\n`).received(1)).toEqual(['{"command": "UPLOADED"}']);
    expect(await running.connectLegacy(id).received(1)).toEqual(['{"command": "ENDED"}']);
  });

  it('accepts a fragmented first message', async () => {
    const id = running.freshId();
    await running.broker.send(id, 'FINISHED');
    const client = await running.connect('').opened();
    client.socket.send(id.slice(0, 3), { fin: false });
    client.socket.send(id.slice(3), { fin: true });
    expect(await client.received(1)).toEqual(['{"command": "FINISHED"}']);
  });

  it('ignores later messages, also binary messages', async () => {
    const id = running.freshId();
    const client = await running.connectLegacy(id).opened();
    client.socket.send('other');
    client.socket.send(Buffer.from('binary'));
    await client.roundTrip();
    await running.broker.send(id, 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual(['{"command": "FINISHED"}']);
  });

  it('ends only with the exact command FINISHED', async () => {
    const id = running.freshId();
    const client = await running.connectLegacy(id).roundTrip();
    for (const command of ['finished', 'FINISHED ', 'FAILED', 'ABORTED', 'FINISHED'])
      await running.broker.send(id, command);
    await client.closed;
    expect(client.frames).toHaveLength(5);
  });

  it.each([
    ['an empty id', '', { code: 1008, reason: 'channel id' }],
    ['an id that is too long', 'x'.repeat(65), { code: 1008, reason: 'channel id' }],
    ['a binary message', Buffer.from('job'), { code: 1003, reason: 'text only' }],
    ['a message above limits.client_message_bytes', 'x'.repeat(101), { code: 1009, reason: '' }],
  ])('closes the connection after %s', async (_, message, close) => {
    const client = await running.connect('').opened();
    client.socket.send(message);
    expect(await client.closed).toEqual(close);
    expect(client.frames).toEqual([]);
  });

  it('closes the connection with 1007 after text that is not UTF-8', async () => {
    const client = await running.connect('').opened();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await client.closed).toMatchObject({ code: 1007 });
  });

  it('closes a connection without a channel id after limits.subscribe_timeout', async () => {
    expect(await running.connect('').closed).toEqual({ code: 1008, reason: 'no channel id' });
  });
});
