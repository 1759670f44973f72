import { Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { defaultSettings } from '../../src/config/settings.js';
import { createChannelsService, sendTo } from '../fixtures/create-channels-service.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

const HOUR = 3_600_000;

let channels: ChannelsService;

beforeEach(() => {
  vi.useFakeTimers();
  channels = createChannelsService();
});

afterEach(() => {
  channels.onApplicationShutdown();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the life of a channel', () => {
  it('begins with its first subscriber and ends with its last when no message came', () => {
    const subscription = channels.subscribe('j', new RecordingSink());
    expect(channels.summary('j')).toMatchObject({ state: 'waiting', subscribers: 1 });
    subscription.close();
    subscription.close();
    expect(channels.summary('j')).toBeUndefined();
    expect(channels.size.channels).toBe(0);
  });

  it('begins with its first message and outlives its subscribers', () => {
    sendTo(channels, 'j', 'STARTED');
    channels.subscribe('j', new RecordingSink()).close();
    expect(channels.summary('j')).toMatchObject({ state: 'running', subscribers: 0 });
  });

  it('ends retention.finished after FINISHED', () => {
    sendTo(channels, 'j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    expect(channels.summary('j')).toMatchObject({ state: 'finished' });
    vi.advanceTimersByTime(1);
    expect(channels.summary('j')).toBeUndefined();
  });

  it('is not shortened by a FINISHED that another epoch follows', () => {
    sendTo(channels, 'j', 'FINISHED');
    vi.advanceTimersByTime(299_000);
    sendTo(channels, 'j', 'STARTED');
    vi.advanceTimersByTime(HOUR - 1);
    expect(channels.summary('j')).toMatchObject({ state: 'running' });
    vi.advanceTimersByTime(1);
    expect(channels.summary('j')).toBeUndefined();
  });

  it('ends retention.idle after its last message, and closes its subscribers', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    vi.advanceTimersByTime(HOUR - 1);
    sendTo(channels, 'j', 'FAILED');
    vi.advanceTimersByTime(HOUR - 1);
    expect(sink.events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sink.events).toEqual(['close idle']);
    expect(channels.size).toMatchObject({ channels: 0, bytes: 0 });
  });

  it.each([
    ['idle', HOUR, 'STARTED'],
    ['finished', 300_000, 'FINISHED'],
  ])('does not end for being %s while messages wait for their flush', (_, retention, first) => {
    vi.useRealTimers();
    // The flush is an immediate, which does not run here.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    channels = createChannelsService();
    sendTo(channels, 'j', first);
    vi.advanceTimersByTime(retention - 1);
    channels.append({ channelId: 'j', command: 'last' });
    vi.advanceTimersByTime(1);
    channels.flush();
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    expect(sink.commands).toContain('last');
  });

  it('does not end for being idle while it waits for its first message', () => {
    const sink = new RecordingSink();
    channels.subscribe('queued', sink);
    vi.advanceTimersByTime(24 * HOUR);
    sendTo(channels, 'queued', 'STARTED');
    expect(sink.commands).toEqual(['STARTED']);
    expect(sink.events).toEqual([]);
  });

  it('is not prolonged by a second FINISHED', () => {
    sendTo(channels, 'j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    sendTo(channels, 'j', 'FINISHED');
    vi.advanceTimersByTime(1);
    expect(channels.summary('j')).toBeUndefined();
  });

  it('is prolonged by a message that is not yet flushed when its time ends', () => {
    sendTo(channels, 'j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    channels.append({ channelId: 'j', command: 'STARTED' });
    vi.advanceTimersToNextTimer();
    channels.flush();
    vi.advanceTimersByTime(HOUR - 1);
    expect(channels.summary('j')).toMatchObject({ state: 'running', messages: 1 });
  });
});

describe('flushing', () => {
  it('happens once per turn, however many messages came', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    for (const command of ['a', 'b', 'c']) channels.append({ channelId: 'j', command });
    expect(sink.writes).toHaveLength(0);
    vi.runAllTicks();
    vi.advanceTimersToNextTimer();
    expect(sink.commands).toEqual(['a', 'b', 'c']);
    expect(sink.writes).toHaveLength(1);
  });
});

describe('entries that are already sequenced', () => {
  it('keep their epoch, number and time', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    for (const seq of [1, 2])
      channels.apply({ channelId: 'j', epoch: 'e', seq, time: 1000, message: { command: 'STARTED' } });
    channels.flush();
    expect(sink.messages).toEqual(['e-1 {"command": "STARTED"}', 'e-2 {"command": "STARTED"}']);
    expect(channels.summary('j')).toMatchObject({ position: 'e-2', updated_at: '1970-01-01T00:00:01.000Z' });
  });

  it('are continued by live messages', () => {
    channels.apply({ channelId: 'j', epoch: 'e', seq: 7, time: 0, message: { command: 'STARTED' } });
    sendTo(channels, 'j', 'TASK');
    expect(channels.summary('j')).toMatchObject({ position: 'e-8', partial: true });
  });
});

describe('producers', () => {
  const request = { id: 'ci', epoch: 0, seq: 4 };

  it('of a channel without producers are new', () => {
    sendTo(channels, 'j', 'STARTED');
    expect(channels.producerDecision('j', request)).toEqual({ kind: 'gap', expectedSeq: 0 });
  });

  it('of an unknown channel are new, and the decision creates no channel', () => {
    expect(channels.producerDecision('j', { id: 'ci', epoch: 0, seq: 0 })).toEqual({ kind: 'accepted' });
    expect(channels.producerDecision('j', request)).toEqual({ kind: 'gap', expectedSeq: 0 });
    expect(channels.summary('j')).toBeUndefined();
  });

  it('are remembered after FINISHED and in the next log', () => {
    sendTo(channels, 'j', 'STARTED', 'FINISHED');
    channels.recordProducer('j', request);
    expect(channels.producerDecision('j', request)).toMatchObject({ kind: 'repeated' });
    sendTo(channels, 'j', 'STARTED');
    expect(channels.producerDecision('j', request)).toMatchObject({ kind: 'repeated' });
  });

  it('go with their channel, and do not prolong it', () => {
    sendTo(channels, 'j', 'FINISHED');
    vi.advanceTimersByTime(299_999);
    channels.append({ channelId: 'j', command: 'FINISHED' });
    channels.recordProducer('j', request);
    expect(channels.counters.producers).toBe(1);
    vi.advanceTimersByTime(1);
    expect(channels.producerDecision('j', request)).toEqual({ kind: 'gap', expectedSeq: 0 });
    expect(channels.counters.producers).toBe(0);
    expect(channels.size.bytes).toBe(0);
  });

  it('count as memory of their channel', () => {
    sendTo(channels, 'j', 'FINISHED');
    const before = channels.size.bytes;
    channels.recordProducer('j', request);
    expect(channels.size.bytes).toBeGreaterThan(before);
  });
});

describe('retention times that become shorter', () => {
  it('take effect at once', () => {
    const { limits, retention, legacy, logger } = defaultSettings();
    Object.assign(legacy, { farewell: true });
    channels = new ChannelsService(limits, retention, legacy, logger, new EventEmitter2());
    const sink = new RecordingSink();
    sink.endsAfterFailure = true;
    channels.subscribe('failed', sink);
    sendTo(channels, 'running', 'STARTED');
    sendTo(channels, 'failed', 'FAILED');
    sendTo(channels, 'finished', 'FINISHED');
    Object.assign(retention, { idle: 20, finished: 10 });
    Object.assign(legacy, { farewell_after: 5 });
    channels.applyLimits();
    vi.advanceTimersByTime(5000);
    expect(sink.events).toEqual(['close failed']);
    vi.advanceTimersByTime(5000);
    expect([...channels.all()].map(({ id }) => id)).toEqual(['failed', 'running']);
    vi.advanceTimersByTime(10_000);
    expect([...channels.all()]).toEqual([]);
  });
});

describe('delete', () => {
  it('gives the subscribers all messages first, and tells them to come back', () => {
    const sink = new RecordingSink();
    channels.subscribe('j', sink);
    channels.append({ channelId: 'j', command: 'STARTED' });
    expect(channels.delete('j')).toBe(true);
    expect(sink.commands).toEqual(['STARTED']);
    expect(sink.events).toEqual(['close evicted']);
    expect(channels.find('j')).toBeUndefined();
    expect(channels.delete('j')).toBe(false);
  });
});

describe('observers', () => {
  it('are told about the audience until they leave', () => {
    const audienceChanged = vi.fn<() => void>();
    const observer = { changed: () => {}, removed: () => {}, audienceChanged };
    channels.observe(observer);
    sendTo(channels, 'j', 'STARTED');
    channels.subscribe('j', new RecordingSink()).close();
    const calls = audienceChanged.mock.calls.length;
    expect(calls).toBeGreaterThan(1);
    channels.unobserve(observer);
    channels.subscribe('j', new RecordingSink());
    expect(audienceChanged).toHaveBeenCalledTimes(calls);
  });
});

describe('the size', () => {
  it('counts channels and messages, and forgets those of a removed channel', () => {
    sendTo(channels, 'a', 'STARTED');
    sendTo(channels, 'a', 'TASK');
    sendTo(channels, 'b', 'STARTED');
    expect(channels.size).toMatchObject({ channels: 2, messages: 3 });
    expect([...channels.all()]).toEqual([channels.find('a'), channels.find('b')]);
    expect(channels.find('a')?.id).toBe('a');
    channels.delete('a');
    expect(channels.size).toMatchObject({ channels: 1, messages: 1 });
    expect(channels.counters.states).toMatchObject({ waiting: 0, running: 1 });
    channels.delete('b');
    expect(channels.size).toMatchObject({ channels: 0, messages: 0, bytes: 0 });
    expect(Object.values(channels.counters.states)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('messages in the log of the monitor', () => {
  it.each([
    ['debug', 1],
    ['info', 0],
  ] as const)('at level %s: %i', (level, lines) => {
    const debug = vi.spyOn(Logger.prototype, 'debug').mockImplementation(() => {});
    channels = createChannelsService({}, {}, { level });
    channels.append({ channelId: 'j', command: 'TASK', taskId: 'x', taskState: 'COMPLETED' });
    expect(debug.mock.calls).toEqual(
      Array.from({ length: lines }, () => [
        { message: 'Message', channel: 'j', command: 'TASK', taskId: 'x', taskState: 'COMPLETED' },
      ]),
    );
    debug.mockRestore();
  });
});

describe('the counters', () => {
  it('count messages, flushes, deliveries, resumes, resets and ends', () => {
    const sinks = [new RecordingSink(), new RecordingSink(), new RecordingSink()] as const;
    channels.subscribe('j', sinks[0]);
    sendTo(channels, 'j', 'a', 'b');
    channels.flush();
    channels.subscribe('j', sinks[1], { epoch: 'other', seq: 1 });
    channels.subscribe('j', sinks[2], null).close();
    sendTo(channels, 'j', 'FINISHED', 'FINISHED');
    expect(channels.counters).toMatchObject({
      messages: { FINISHED: 1, other: 2 },
      states: { finished: 1, running: 0, waiting: 0 },
      flushMessages: { sum: 3, counts: [1, 1, ...Array.from({ length: 11 }, () => 0)] },
      deliveries: 5,
      deliveredBytes: Buffer.concat(sinks.flatMap(({ writes }) => writes)).length,
      evictions: 0,
      resumes: 2,
      resets: { epoch: 2, trimmed: 0 },
      ends: { finished: 2, failed: 0, idle: 0, slow: 0, evicted: 0 },
    });
  });
});
