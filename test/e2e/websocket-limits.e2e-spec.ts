import { describe, expect, it } from 'vitest';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const monitors = useMonitors();

describe('the limits of a channel', () => {
  it('a stream of a trimmed log starts with {"reset":"trimmed"}, also without a position', async () => {
    const running = await monitors.start({ limits: { channel_messages: 2 } });
    await running.play('j', 'A', 'B', 'C');
    const client = running.connect('/channels/j');
    await client.received(3);
    expect(client.items()).toMatchObject([{ reset: 'trimmed' }, { command: 'B' }, { command: 'C' }]);
  });

  it('a channel without a message for retention.idle is closed with 1000 idle', async () => {
    const running = await monitors.start({ retention: { idle: 0.05 } });
    const queued = await running.connect('/channels/queued').opened();
    const stream = running.connect('/channels/j');
    const legacy = running.connectLegacy('j');
    await running.untilSummary('j', { subscribers: 2 });
    await running.broker.send('j', 'STARTED');
    expect(await stream.closed).toEqual({ code: 1000, reason: 'idle' });
    expect(await legacy.closed).toEqual({ code: 1000, reason: 'idle' });
    // A channel that has never had a message stays open.
    expect(queued.socket.readyState).toBe(queued.socket.OPEN);
  });
});

describe('the limits of a connection', () => {
  it('a connection above limits.connections is refused with 503', async () => {
    const running = await monitors.start({ limits: { connections: 1 } });
    const first = await running.connect('/channels/j').opened();
    await expect(running.connect('/channels/j').closed).rejects.toThrow('503');
    first.socket.close();
    await first.closed;
  });

  it('a client that does not read is closed with 1013 slow, and delays no other client', async () => {
    const limits = { channel_messages: 50, message_bytes: 200_000, lag: 60 };
    const running = await monitors.start({ limits });
    const stalled = await running.connect('/channels/j').opened();
    const other = await running.connect('/channels/j').opened();
    await running.untilSummary('j', { subscribers: 2 });
    stalled.socket.pause();
    for (let i = 0; i < 400; i++) {
      await running.broker.send('j', 'TASK', 'x'.repeat(100_000), 'COMPLETED');
      await other.received(i + 1);
    }
    expect(running.summary('j')!.subscribers).toBe(1);
    stalled.socket.resume();
    expect(await stalled.closed).toEqual({ code: 1013, reason: 'slow' });
    expect(stalled.sequence()).toEqual(stalled.frames.map((_, i) => i + 1));
  });
});
