import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ChannelsService } from '../src/channels/channels.service.js';
import { defaultSettings, type Settings } from '../src/config/settings.js';
import { RecordingSink } from './recording-sink.js';

const HOUR = 3_600_000;

let channels: ChannelsService;

beforeEach(() => {
  vi.useFakeTimers();
  channels = create();
});

afterEach(() => {
  channels.onApplicationShutdown();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the life of a channel', () => {
  it('begins with its first subscriber and is gone with its last when no message came', () => {
    const subscription = channels.subscribe('j', new RecordingSink());
    expect(channels.summary('j')).toMatchObject({ state: 'waiting', subscribers: 1 });
    subscription.close();
    subscription.close();
    expect(channels.summary('j')).toBeUndefined();
    expect(channels.size.channels).toBe(0);
  });

  it('begins with its first message and outlives its subscribers', () => {
    send('j', 'STARTED');
    channels.subscribe('j', new RecordingSink()).close();
    expect(channels.summary('j')).toMatchObject({ state: 'running', subscribers: 0 });
  });

  it('ends retention.finished after FINISHED, and begins anew after that', () => {
    send('j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    expect(channels.summary('j')).toMatchObject({ state: 'finished' });
    vi.advanceTimersByTime(1);
    expect(channels.summary('j')).toBeUndefined();
  });

  it('is not cut short by its first life when it starts anew', () => {
    send('j', 'FINISHED');
    vi.advanceTimersByTime(299_000);
    send('j', 'STARTED');
    vi.advanceTimersByTime(HOUR - 1);
    expect(channels.summary('j')).toMatchObject({ state: 'running' });
    vi.advanceTimersByTime(1);
    expect(channels.summary('j')).toBeUndefined();
  });

  it('ends retention.idle after its last message, and tells its subscribers', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    vi.advanceTimersByTime(HOUR - 1);
    send('j', 'FAILED');
    vi.advanceTimersByTime(HOUR - 1);
    expect(sink.events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sink.events).toEqual(['close idle']);
    expect(channels.size).toMatchObject({ channels: 0, bytes: 0 });
  });

  it('gets new time from a message that was not flushed yet when its time was up', () => {
    send('j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    channels.take({ channel: 'j', command: 'STARTED' });
    vi.advanceTimersToNextTimer();
    channels.flush();
    vi.advanceTimersByTime(HOUR - 1);
    expect(channels.summary('j')).toMatchObject({ state: 'running', messages: 1 });
  });

  it('is flushed once a turn, however many messages came', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    for (const command of ['a', 'b', 'c']) channels.take({ channel: 'j', command });
    expect(sink.writes).toBe(0);
    vi.runAllTicks();
    vi.advanceTimersToNextTimer();
    expect(sink.commands).toEqual(['a', 'b', 'c']);
    expect(sink.writes).toBe(1);
  });
});

describe('the bounds of all channels together', () => {
  it('give up finished channels first, the oldest FINISHED before the others', () => {
    restart({ channels: 2 });
    send('running', 'STARTED');
    send('old', 'FINISHED');
    send('new', 'FINISHED');
    expect(ids('running', 'old', 'new')).toEqual(['running', 'new']);
    send('next', 'FINISHED');
    expect(ids('running', 'new', 'next')).toEqual(['running', 'next']);
    expect(channels.size.evicted).toBe(2);
  });

  it('then give up the one that was idle for longest, and tell its subscribers to come back', () => {
    restart({ channels: 2 });
    const sink = new RecordingSink();
    channels.subscribe('a', sink);
    send('a', 'STARTED');
    send('b', 'STARTED');
    send('a', 'TASK');
    send('c', 'STARTED');
    expect(ids('a', 'b', 'c')).toEqual(['a', 'c']);
    send('d', 'STARTED');
    expect(ids('a', 'c', 'd')).toEqual(['c', 'd']);
    expect(sink.events).toEqual(['close evicted']);
  });

  it('do not count channels that only wait: nobody can push a log out by subscribing', () => {
    restart({ channels: 1 });
    send('j', 'STARTED');
    for (let i = 0; i < 10; i++) channels.subscribe(`waiting ${i}`, new RecordingSink());
    expect(ids('j')).toEqual(['j']);
  });

  it('hold the bytes of all logs, in every encoding, below limits.total_bytes', () => {
    restart({ total_bytes: 10_000, channel_bytes: 10_000 });
    for (let i = 0; i < 100; i++) send(`j${i}`, 'x'.repeat(500));
    expect(channels.size.bytes).toBeLessThanOrEqual(10_000);
    expect(channels.size.channels).toBeGreaterThan(10);
    const before = channels.size.bytes;
    const subscription = channels.subscribe('j99', new RecordingSink());
    expect(channels.size.bytes).toBeGreaterThan(before + 500);
    subscription.close();
    expect(channels.size.bytes).toBe(before);
  });
});

function create(limits: Partial<Settings['limits']> = {}): ChannelsService {
  const settings = defaultSettings();
  Object.assign(settings.limits, limits);
  return new ChannelsService(new ConfigService<Settings, true>(settings), new EventEmitter2());
}

function restart(limits: Partial<Settings['limits']>): void {
  channels.onApplicationShutdown();
  channels = create(limits);
}

function send(channel: string, command: string): void {
  channels.take({ channel, command });
  channels.flush();
}

function ids(...candidates: string[]): string[] {
  return candidates.filter((id) => channels.summary(id));
}
