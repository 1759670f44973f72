import { describe, expect, it } from 'vitest';
import type { ProgressStream } from '../../client/client.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance, setUpFakeStreams } from '../fixtures/client/fake-streams.js';
import { message } from '../fixtures/client/messages.js';

const fake = setUpFakeStreams('https://host/monitor/channels/j%2F1', { transport: 'websocket' });

describe('a close', () => {
  it.each([
    [1000, 'finished', { reason: 'finished' }],
    [1000, '', { reason: 'finished' }],
    [1000, 'idle', { reason: 'idle' }],
    [1003, 'text only', { reason: 'refused', detail: '1003 text only' }],
    [1008, 'channel id', { reason: 'refused', detail: '1008 channel id' }],
    [1008, 'token', { reason: 'refused', detail: '1008 token' }],
    [1009, '', { reason: 'refused', detail: '1009' }],
  ])('with %i "%s" ends the stream', async (code, reason, end) => {
    const stream = await fake.open();
    const events: unknown[] = [];
    for (const type of ['state', 'end'] as const)
      stream.addEventListener(type, (event) => events.push(event.detail));
    FakeSocket.last.open().end(code, reason);
    await advance(60_000);
    expect(stream).toMatchObject({ state: 'ended', end });
    expect(events).toEqual(['live', 'ended', end]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([
    [1001, ''],
    [1006, ''],
    [1008, 'no channel id'],
    [1011, 'internal error'],
    [1012, 'restart'],
    [1013, 'slow'],
    [4000, 'of some proxy'],
  ])('with %i "%s" makes the stream reconnect at its position', async (code, reason) => {
    const stream = await fake.open();
    FakeSocket.last.open().receive(message(1)).receive(message(2)).end(code, reason);
    await advance(0);
    expect(stream).toMatchObject({ state: 'waiting', retryAt: Date.now() + 1000, position: 'a-2' });
    await advance(1000);
    expect(stream).toMatchObject({ state: 'connecting', retryAt: undefined });
    expect(FakeSocket.all.map(({ url }) => url)).toEqual([
      'wss://host/monitor/channels/j%2F1',
      'wss://host/monitor/channels/j%2F1?after=a-2',
    ]);
  });
});

describe('the delay before a reconnect', () => {
  async function delays(random: number, rounds: number): Promise<number[]> {
    const stream = await fake.open({ random: () => random });
    FakeSocket.last.open();
    const seen: number[] = [];
    for (let round = 0; round < rounds; round++) {
      FakeSocket.last.end(1006);
      await advance(0);
      seen.push((stream.retryAt ?? Date.now()) - Date.now());
      await advance(seen.at(-1)!);
    }
    return seen;
  }

  it('is at most one second, and doubles with each failure up to 30 seconds', async () => {
    expect(await delays(1, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is a random part of this limit', async () => {
    expect(await delays(0.25, 6)).toEqual([250, 500, 1000, 2000, 4000, 7500]);
  });

  async function failTwice(): Promise<ProgressStream> {
    const stream = await fake.open();
    FakeSocket.last.open().end(1006);
    await advance(1000);
    FakeSocket.last.end(1006);
    await advance(2000);
    return stream;
  }

  it('starts at one second again after a message', async () => {
    const stream = await failTwice();
    FakeSocket.last.open().receive(message(1)).end(1006);
    await advance(0);
    expect(stream.retryAt).toBe(Date.now() + 1000);
  });

  it('starts at one second again after a connection of 10 s, but not after one that only opened', async () => {
    const stream = await failTwice();
    FakeSocket.last.open().end(1006);
    await advance(0);
    expect(stream.retryAt).toBe(Date.now() + 4000);
    await advance(4000);
    FakeSocket.last.open();
    await advance(10_000);
    FakeSocket.last.end(1006);
    await advance(0);
    expect(stream.retryAt).toBe(Date.now() + 1000);
  });
});
