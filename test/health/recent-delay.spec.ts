import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecentDelay } from '../../src/health/recent-delay.js';

let delay: RecentDelay;

beforeEach(() => {
  vi.useFakeTimers();
  delay = new RecentDelay();
  delay.onModuleInit();
});

afterEach(() => {
  delay.onApplicationShutdown();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it('is zero while the event loop runs on time', () => {
  vi.advanceTimersByTime(60_000);
  expect(delay.longest).toBe(0);
});

it('is the longest of the last ten seconds', () => {
  vi.advanceTimersByTime(1000);
  const now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 3500);
  vi.advanceTimersByTime(500);
  expect(delay.longest).toBe(3);
  clock.mockRestore();
  vi.advanceTimersByTime(9000);
  expect(delay.longest).toBe(3);
  vi.advanceTimersByTime(1000);
  expect(delay.longest).toBe(0);
});
