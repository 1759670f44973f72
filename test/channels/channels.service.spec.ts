import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

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

  it('is never closed for being idle while it waits for its first message', () => {
    const sink = new RecordingSink();
    channels.subscribe('queued', sink);
    vi.advanceTimersByTime(24 * HOUR);
    send('queued', 'STARTED');
    expect(sink.commands).toEqual(['STARTED']);
    expect(sink.events).toEqual([]);
  });

  it('is not prolonged by a second FINISHED', () => {
    send('j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    send('j', 'FINISHED');
    vi.advanceTimersByTime(1);
    expect(channels.summary('j')).toBeUndefined();
  });

  it('gets new time from a message that was not flushed yet when its time was up', () => {
    send('j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    channels.take({ channelId: 'j', command: 'STARTED' });
    vi.advanceTimersToNextTimer();
    channels.flush();
    vi.advanceTimersByTime(HOUR - 1);
    expect(channels.summary('j')).toMatchObject({ state: 'running', messages: 1 });
  });

  it('is flushed once a turn, however many messages came', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    for (const command of ['a', 'b', 'c']) channels.take({ channelId: 'j', command });
    expect(sink.writes).toBe(0);
    vi.runAllTicks();
    vi.advanceTimersToNextTimer();
    expect(sink.commands).toEqual(['a', 'b', 'c']);
    expect(sink.writes).toBe(1);
  });
});

describe('legacy.farewell', () => {
  const needsEnd = () => Object.assign(new RecordingSink(), { needsEnd: true });

  it('ends the streams that need an end, late ones too, when nothing follows FAILED', () => {
    restart({}, { farewell: true, farewell_after: 60 });
    const [legacy, late, other] = [needsEnd(), needsEnd(), new RecordingSink()];
    for (const sink of [legacy, other]) channels.subscribe('j', sink);
    send('j', 'FAILED');
    vi.advanceTimersByTime(59_999);
    expect(legacy.events).toEqual([]);
    vi.advanceTimersByTime(1);
    channels.subscribe('j', late);
    expect([legacy, late, other].map(({ events }) => events)).toEqual([
      ['close failed'],
      ['close failed'],
      [],
    ]);
    expect(late.commands).toEqual(['FAILED']);
  });

  it.each(['DOWNLOADED', 'ABORTED'])('waits on when %s follows FAILED', (command) => {
    restart({}, { farewell: true, farewell_after: 60 });
    const sink = needsEnd();
    channels.subscribe('j', sink);
    send('j', 'FAILED');
    vi.advanceTimersByTime(59_999);
    send('j', command);
    vi.advanceTimersByTime(59_999);
    expect(sink.events).toEqual([]);
  });

  it('is off by default', () => {
    const sink = needsEnd();
    channels.subscribe('j', sink);
    send('j', 'FAILED');
    vi.advanceTimersByTime(HOUR - 1);
    expect(sink.events).toEqual([]);
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

  it('then give up the one that was idle for longest', () => {
    restart({ channels: 2 });
    send('a', 'STARTED');
    send('b', 'STARTED');
    send('a', 'TASK');
    send('c', 'STARTED');
    expect(ids('a', 'b', 'c')).toEqual(['a', 'c']);
  });

  it('give up a running channel that somebody watches last, and tell its subscribers to come back', () => {
    restart({ channels: 2 });
    const [first, second] = [new RecordingSink(), new RecordingSink()];
    send('a', 'STARTED');
    channels.subscribe('a', first);
    channels.subscribe('left', new RecordingSink()).close();
    send('b', 'STARTED');
    send('c', 'STARTED');
    expect(ids('a', 'b', 'c')).toEqual(['a', 'c']);
    channels.subscribe('c', second);
    channels.subscribe('d', new RecordingSink());
    send('d', 'STARTED');
    expect(ids('a', 'c', 'd')).toEqual(['c', 'd']);
    expect(first.events).toEqual(['close evicted']);
    expect(second.events).toEqual([]);
  });

  it('take a channel whose watchers have left for unwatched', () => {
    restart({ channels: 2 });
    channels.subscribe('a', new RecordingSink());
    const left = channels.subscribe('b', new RecordingSink());
    for (const id of ['a', 'b']) send(id, 'STARTED');
    left.close();
    channels.subscribe('c', new RecordingSink());
    send('c', 'STARTED');
    expect(ids('a', 'b', 'c')).toEqual(['a', 'c']);
  });

  it('do not count channels that only wait: nobody can push a log out by subscribing', () => {
    restart({ channels: 1 });
    send('j', 'STARTED');
    for (let i = 0; i < 10; i++) channels.subscribe(`waiting ${i}`, new RecordingSink());
    expect(ids('j')).toEqual(['j']);
  });

  it('hold the bytes of all channels below limits.total_bytes, however small their messages', () => {
    restart({ total_bytes: 100_000, channel_bytes: 10_000 });
    for (let i = 0; i < 100; i++) send(`j${i}`, 'x');
    expect(channels.size.bytes).toBeLessThanOrEqual(100_000);
    expect(channels.size.channels).toBeGreaterThan(10);
    expect(channels.size.channels).toBeLessThan(50);
  });

  it('never drop a log for encodings, which are dropped themselves above limits.encoded_bytes', () => {
    restart({ encoded_bytes: 1000 });
    for (const id of ['a', 'b', 'c']) send(id, 'x'.repeat(500));
    for (const id of ['a', 'b', 'c']) channels.subscribe(id, new RecordingSink()).close();
    expect(channels.size.encoded).toBeGreaterThan(500);
    expect(channels.size.encoded).toBeLessThanOrEqual(1000);
    expect(ids('a', 'b', 'c')).toEqual(['a', 'b', 'c']);
  });

  it('keep an encoding for some seconds after it was read', () => {
    send('a', 'STARTED');
    channels.subscribe('a', new RecordingSink()).close();
    vi.advanceTimersByTime(29_000);
    expect(channels.size.encoded).toBeGreaterThan(0);
    vi.advanceTimersByTime(1000);
    expect(channels.size.encoded).toBe(0);
  });
});

function create(
  limits: Partial<Settings['limits']> = {},
  legacy: Partial<Settings['legacy']> = {},
): ChannelsService {
  const settings = defaultSettings();
  Object.assign(settings.limits, limits);
  Object.assign(settings.legacy, legacy);
  const { limits: bounds, retention, legacy: wire, logger } = settings;
  return new ChannelsService(bounds, retention, wire, logger, new EventEmitter2());
}

function restart(limits: Partial<Settings['limits']>, legacy?: Partial<Settings['legacy']>): void {
  channels.onApplicationShutdown();
  channels = create(limits, legacy);
}

function send(channel: string, command: string): void {
  channels.take({ channelId: channel, command });
  channels.flush();
}

function ids(...candidates: string[]): string[] {
  return candidates.filter((id) => channels.summary(id));
}
