import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelsService } from '../../../src/channels/channels.service.js';
import type { Settings } from '../../../src/config/settings.js';
import { createChannelsService, sendTo } from '../../fixtures/create-channels-service.js';
import { RecordingSink } from '../../fixtures/recording-sink.js';

let channels: ChannelsService;
const warned = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  channels.onApplicationShutdown();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('limits.channels', () => {
  it('evicts finished channels first, the oldest FINISHED before the others', () => {
    start({ channels: 2 });
    send('running', 'STARTED');
    send('old', 'FINISHED');
    send('new', 'FINISHED');
    expect(present('running', 'old', 'new')).toEqual(['running', 'new']);
    send('next', 'FINISHED');
    expect(present('running', 'new', 'next')).toEqual(['running', 'next']);
    expect(channels.size.evicted).toBe(2);
    expect(channels.counters.evictions).toBe(2);
    expect(channels.counters.limitsReached).toEqual({ channels: 2, total_bytes: 0 });
    expect(warned).toHaveBeenCalledWith(
      expect.objectContaining({ message: expect.stringContaining('Evicted a channel') as string }),
    );
  });

  it('then evicts the channel with the oldest last message', () => {
    start({ channels: 2 });
    send('a', 'STARTED');
    send('b', 'STARTED');
    send('a', 'TASK');
    send('c', 'STARTED');
    expect(present('a', 'b', 'c')).toEqual(['a', 'c']);
  });

  it('evicts a running channel with subscribers last, and tells them to come back', () => {
    start({ channels: 2 });
    const [first, second] = [new RecordingSink(), new RecordingSink()];
    send('a', 'STARTED');
    channels.subscribe('a', first);
    channels.subscribe('left', new RecordingSink()).close();
    send('b', 'STARTED');
    send('c', 'STARTED');
    expect(present('a', 'b', 'c')).toEqual(['a', 'c']);
    channels.subscribe('c', second);
    channels.subscribe('d', new RecordingSink());
    send('d', 'STARTED');
    expect(present('a', 'c', 'd')).toEqual(['c', 'd']);
    expect(first.events).toEqual(['close evicted']);
    expect(second.events).toEqual([]);
  });

  it('evicts a channel early when its last subscriber has left', () => {
    start({ channels: 2 });
    channels.subscribe('a', new RecordingSink());
    const subscription = channels.subscribe('b', new RecordingSink());
    for (const id of ['a', 'b']) send(id, 'STARTED');
    subscription.close();
    channels.subscribe('c', new RecordingSink());
    send('c', 'STARTED');
    expect(present('a', 'b', 'c')).toEqual(['a', 'c']);
  });

  it('does not prefer a channel because one of its subscribers has left', () => {
    start({ channels: 2 });
    for (const id of ['a', 'b']) send(id, 'STARTED');
    for (const id of ['a', 'b', 'c']) channels.subscribe(id, new RecordingSink());
    channels.subscribe('a', new RecordingSink()).close();
    send('c', 'STARTED');
    expect(present('a', 'b', 'c')).toEqual(['b', 'c']);
  });

  it('never evicts a channel that waits for its first message', () => {
    start({ channels: 1 });
    channels.subscribe('waiting', new RecordingSink());
    for (const id of ['a', 'b']) channels.subscribe(id, new RecordingSink());
    for (const id of ['a', 'b']) send(id, 'STARTED');
    expect(present('waiting', 'a', 'b')).toEqual(['waiting', 'b']);
  });

  it('takes effect at once when it is lowered', () => {
    const limits = { channels: 3 };
    start(limits);
    for (const id of ['a', 'b', 'c']) send(id, 'STARTED');
    (channels.limits as { channels: number }).channels = 1;
    channels.applyLimits();
    expect(present('a', 'b', 'c')).toEqual(['c']);
  });

  it('does not count channels without a message: no client can push a log out by subscribing', () => {
    start({ channels: 1 });
    send('j', 'STARTED');
    for (let i = 0; i < 10; i++) channels.subscribe(`waiting ${i}`, new RecordingSink());
    expect(present('j')).toEqual(['j']);
  });
});

describe('limits.total_bytes', () => {
  it('bounds the bytes of all channels, however small their messages', () => {
    start({ total_bytes: 100_000, channel_bytes: 10_000 });
    for (let i = 0; i < 100; i++) send(`j${i}`, 'x');
    expect(channels.size.bytes).toBeLessThanOrEqual(100_000);
    expect(channels.size.channels).toBeGreaterThan(10);
    expect(channels.size.channels).toBeLessThan(50);
    const { limitsReached } = channels.counters;
    expect(limitsReached).toEqual({ channels: 0, total_bytes: 100 - channels.size.channels });
  });

  it('keeps channels that fill it exactly', () => {
    start({});
    for (const id of ['a', 'b']) send(id, 'STARTED');
    const { bytes } = channels.size;
    channels.onApplicationShutdown();
    start({ total_bytes: bytes });
    for (const id of ['a', 'b']) send(id, 'STARTED');
    expect(present('a', 'b')).toEqual(['a', 'b']);
    send('c', 'STARTED');
    expect(present('a', 'b', 'c')).toEqual(['b', 'c']);
  });

  it('keeps one channel, however large it is', () => {
    start({ total_bytes: 1 });
    send('a', 'STARTED');
    expect(present('a')).toEqual(['a']);
  });
});

function start(limits: Partial<Settings['limits']>): void {
  channels = createChannelsService(limits);
}

function send(id: string, command: string): void {
  sendTo(channels, id, command);
}

function present(...ids: string[]): string[] {
  return ids.filter((id) => channels.summary(id));
}
