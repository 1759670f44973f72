import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FlushScheduler } from '../../src/channels/flush-scheduler.js';

let flush: ReturnType<typeof vi.fn<() => void>>;
let scheduler: FlushScheduler;

beforeEach(() => {
  vi.useFakeTimers();
  flush = vi.fn<() => void>(() => scheduler.cancel());
  scheduler = new FlushScheduler(flush);
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it('flushes once at the end of a turn, however many messages the turn brings', () => {
  schedule(3);
  expect(flush).not.toHaveBeenCalled();
  vi.advanceTimersByTime(0);
  expect(flush).toHaveBeenCalledTimes(1);
});

it('flushes once per 20 ms during a burst', () => {
  vi.advanceTimersByTime(1000);
  schedule(1);
  vi.advanceTimersByTime(5);
  schedule(1000);
  vi.advanceTimersByTime(0);
  expect(flush).toHaveBeenCalledTimes(1);
  schedule(1000);
  vi.advanceTimersByTime(19);
  expect(flush).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(flush).toHaveBeenCalledTimes(2);
});

it('schedules nothing after it was cancelled', () => {
  schedule(1);
  scheduler.cancel();
  vi.advanceTimersByTime(1000);
  expect(flush).not.toHaveBeenCalled();
});

function schedule(messages: number): void {
  for (let i = 0; i < messages; i++) scheduler.schedule();
}
