import { describe, expect, it, vi } from 'vitest';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('https://host/channels/j', { transport: 'websocket' });

describe('aborting the signal', () => {
  it.each(['connecting', 'live', 'waiting'] as const)(
    'while the stream is %s closes the connection and leaves no timer',
    async (state) => {
      const controller = new AbortController();
      const stream = await fake.open({ signal: controller.signal });
      if (state !== 'connecting') FakeSocket.last.open();
      if (state === 'waiting') FakeSocket.last.end(1006);
      await advance(0);
      expect(stream.state).toBe(state);
      controller.abort();
      expect(stream).toMatchObject({ state: 'ended', end: { reason: 'closed' }, retryAt: undefined });
      expect([FakeSocket.last.closed, vi.getTimerCount()]).toEqual([true, 0]);
      FakeSocket.last.open().receive(message(1));
      expect(stream.position).toBeUndefined();
    },
  );

  it('before the stream starts means that it never connects', async () => {
    const stream = await fake.open({ signal: AbortSignal.abort() });
    expect([stream.end, FakeSocket.all.length]).toEqual([{ reason: 'closed' }, 0]);
  });
});

it('a connection that breaks after FINISHED ends the stream without a reconnect', async () => {
  const stream = await fake.open();
  FakeSocket.last.open().receive(message(1).replace('TASK', 'FINISHED')).end(1006);
  await advance(0);
  expect([stream.end, FakeSocket.all.length]).toEqual([{ reason: 'finished' }, 1]);
});
