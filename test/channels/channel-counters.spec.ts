import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChannelCounters } from '../../src/channels/channel-counters.js';

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(1000);
});
afterEach(() => void vi.useRealTimers());

describe('a flush', () => {
  it('is measured from the receipt of its first message, in seconds', () => {
    const counters = new ChannelCounters();
    for (const round of [1, 2]) {
      counters.countMessage('TASK', performance.now());
      vi.advanceTimersByTime(200);
      counters.countMessage('TASK', performance.now());
      vi.advanceTimersByTime(50);
      counters.countFlush();
      expect(counters.flushMessages.sum).toBe(2 * round);
      expect(counters.relayLatency.sum).toBeCloseTo(0.25 * round);
    }
  });

  it('without messages is not counted', () => {
    const counters = new ChannelCounters();
    counters.countFlush();
    expect(counters.relayLatency.counts.every((count) => count === 0)).toBe(true);
  });
});

it('the limits begin with 0', () => {
  expect(new ChannelCounters().limitsReached).toEqual({ channels: 0, total_bytes: 0 });
});
