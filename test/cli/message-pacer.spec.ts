import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MessagePacer } from '../../src/cli/message-pacer.js';

/** Milliseconds by which each timer of this test is late. */
const LATENESS = 5;

const waits: number[] = [];

vi.mock('node:timers/promises', () => ({
  setImmediate: () => Promise.resolve(),
  setTimeout: (wait: number) => {
    waits.push(wait);
    vi.advanceTimersByTime(wait + LATENESS);
    return Promise.resolve();
  },
}));

beforeEach(() => {
  waits.length = 0;
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => void vi.useRealTimers());

it('keeps the rate although each timer is late', async () => {
  const pacer = new MessagePacer(new AbortController().signal);
  for (const due of [0, 100, 200, 300]) await pacer.waitUntil(due);
  expect(waits).toEqual([100, 100 - LATENESS, 100 - LATENESS]);
});

it('does not wait for messages that are overdue', async () => {
  const pacer = new MessagePacer(new AbortController().signal);
  vi.advanceTimersByTime(1000);
  for (let due = 0; due <= 1000; due++) await pacer.waitUntil(due);
  expect(waits).toEqual([]);
});
