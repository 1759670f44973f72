import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { useMonitors } from '../fixtures/set-up-monitor.js';
import type { TestClient } from '../fixtures/test-client.js';

const monitors = useMonitors();

describe('the frames of a client', () => {
  it.each([
    ['text', (client: TestClient) => client.socket.send('x')],
    ['empty text', (client: TestClient) => client.socket.send('')],
    ['pings', (client: TestClient) => client.socket.ping()],
    ['pongs', (client: TestClient) => client.socket.pong()],
    ['fragments', (client: TestClient) => client.socket.send('x', { fin: false })],
    ['empty fragments', (client: TestClient) => client.socket.send('', { fin: false })],
  ])('are limited to limits.client_frames per interval: %s', async (_, send) => {
    const running = await monitors.start({ limits: { client_frames: 10 } });
    const client = await running.connect('/channels/j').opened();
    for (let i = 0; i < 9; i++) send(client);
    await client.roundTrip();
    send(client);
    expect(await client.closed).toEqual({ code: 1006, reason: '' });
  });

  it('are counted from zero in each interval', async () => {
    const running = await monitors.start({ limits: { client_frames: 5 }, heartbeat: { interval: 0.2 } });
    const client = await running.connect('/channels/j').opened();
    for (let i = 0; i < 4; i++) {
      // The client answers the ping with a pong, which is a third frame.
      await once(client.socket, 'ping');
      client.socket.send('x');
      client.socket.send('x');
    }
    await running.broker.send('j', 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
  });

  it('form messages of at most 64 fragments', async () => {
    const running = await monitors.start();
    await running.broker.send('j', 'FINISHED');
    const [good, bad] = [await running.connect('').opened(), await running.connect('').opened()];
    good.socket.send('j', { fin: false });
    for (let i = 0; i < 62; i++) good.socket.send('', { fin: false });
    good.socket.send('');
    expect(await good.closed).toEqual({ code: 1000, reason: '' });
    for (let i = 0; i < 65; i++) bad.socket.send('j', { fin: false });
    expect(await bad.closed).toMatchObject({ code: 1008 });
  });

  it('form messages that are complete after at most two intervals', async () => {
    const running = await monitors.start({ heartbeat: { interval: 0.1 } });
    const client = await running.connect('/channels/j').opened();
    client.socket.send('x', { fin: false });
    expect(await client.closed).toMatchObject({ code: 1006 });
  });
});

describe('the heartbeat', () => {
  it('disconnects a client that answers no ping, and keeps a client that answers', async () => {
    const running = await monitors.start({ heartbeat: { interval: 0.1 } });
    const alive = await running.connect('/channels/j').opened();
    const dead = await running.connect('/channels/j', { autoPong: false }).opened();
    expect(await dead.closed).toMatchObject({ code: 1006 });
    await once(alive.socket, 'ping');
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });
});
