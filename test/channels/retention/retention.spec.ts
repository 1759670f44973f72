import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelsService } from '../../../src/channels/channels.service.js';
import type { Settings } from '../../../src/config/settings.js';
import { createChannelsService, sendTo } from '../../fixtures/create-channels-service.js';
import { RecordingSink } from '../../fixtures/recording-sink.js';

let channels: ChannelsService;

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
