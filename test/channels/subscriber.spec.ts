import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import type { Subscription } from '../../src/channels/sink.js';
import { createChannel, send } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

let channel: Channel;
let sink: RecordingSink;

beforeEach(() => {
  vi.useFakeTimers();
  channel = createChannel();
  sink = new RecordingSink();
});

afterEach(() => {
  channel.close('idle');
  vi.runAllTimers();
  vi.useRealTimers();
});

describe('a stalled sink', () => {
  it('gets no write until it drains, and then everything from its cursor', () => {
    const subscription = stall();
    send(channel, 'b');
    send(channel, 'c');
    expect(sink.commands).toEqual(['a']);
    expect(subscription.caughtUp).toBe(false);
    sink.resume(subscription);
    expect(sink.commands).toEqual(['a', 'b', 'c']);
    expect(sink.writes).toHaveLength(2);
    expect(subscription.caughtUp).toBe(true);
  });

  it('reads an ended log to its end while the next epoch runs', () => {
    const subscription = stall();
    send(channel, 'b', 'FINISHED');
    send(channel, 'c');
    sink.resume(subscription);
    expect(sink.commands).toEqual(['a', 'b', 'FINISHED']);
    expect(sink.events).toEqual(['close finished']);
  });

  it('is closed as slow when its cursor falls off the log', () => {
    channel = createChannel({ channel_messages: 2 });
    stall();
    send(channel, 'b', 'c');
    expect(sink.events).toEqual([]);
    send(channel, 'd');
    expect(sink.events).toEqual(['close slow']);
  });

  it('is closed as slow after limits.lag', () => {
    stall();
    vi.advanceTimersByTime(29_999);
    expect(sink.events).toEqual([]);
    vi.advanceTimersByTime(1);
    vi.advanceTimersToNextTimer();
    expect(sink.events).toEqual(['close slow']);
  });

  it('may drain in the turn of a timer that a pause of the process made late', () => {
    const subscription = stall();
    vi.advanceTimersByTime(30_000);
    sink.resume(subscription);
    vi.advanceTimersToNextTimer();
    expect(sink.events).toEqual([]);
  });

  it('that stalls again in that turn has its time again', () => {
    const subscription = stall();
    send(channel, 'b');
    vi.advanceTimersToNextTimer();
    subscription.drained();
    expect(sink.commands).toEqual(['a', 'b']);
    vi.advanceTimersToNextTimer();
    expect(sink.events).toEqual([]);
  });

  it('is not slow as long as it makes progress', () => {
    channel = createChannel({}, 0);
    const subscription = stall();
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(20_000);
      send(channel, 'more');
      subscription.drained();
    }
    expect(sink.events).toEqual([]);
    expect(vi.getTimerCount()).toBe(1);
    subscription.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a long replay', () => {
  beforeEach(() => {
    channel = createChannel({ channel_bytes: 10_000_000 });
    send(channel, ...Array.from({ length: 30 }, () => 'x'.repeat(100_000)));
  });

  it('is spread over several turns of about 1 MiB', () => {
    channel.subscribe(sink);
    expect(sink.commands).toHaveLength(11);
    vi.advanceTimersToNextTimer();
    expect(sink.commands).toHaveLength(22);
    vi.advanceTimersToNextTimer();
    expect(sink.commands).toHaveLength(30);
  });

  it('does not continue while the sink is stalled', () => {
    const subscription = channel.subscribe(sink);
    vi.advanceTimersToNextTimer();
    sink.stalled = true;
    vi.advanceTimersToNextTimer();
    const { length } = sink.commands;
    expect(length).toBeLessThan(30);
    subscription.drained();
    expect(sink.commands).toHaveLength(length + 1);
    vi.advanceTimersByTime(10);
    expect(sink.commands).toHaveLength(length + 1);
  });

  it('takes its turn even when the sink drains early', () => {
    const subscription = channel.subscribe(sink);
    subscription.drained();
    expect(sink.commands).toHaveLength(11);
  });
});

/** Subscribes a sink that gets `a` and then stalls. */
function stall(): Subscription {
  const subscription = channel.subscribe(sink);
  sink.stalled = true;
  send(channel, 'a');
  return subscription;
}
