import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventLoopDelay } from '../../src/metrics/event-loop-delay.js';

let delay: EventLoopDelay;

beforeEach(() => {
  delay = new EventLoopDelay();
  delay.start();
});

afterEach(() => delay.stop());

it('is the time for which the event loop was blocked since the last reading', async () => {
  // Node.js measures from the first run of its timer after a reset.
  for (let runs = 0; runs < 3; runs++) {
    blockFor(150);
    await setTimeout(1);
  }
  const { p50, p99, max } = read();
  expect(max).toBeGreaterThan(0.1);
  expect(max).toBeGreaterThanOrEqual(p99!);
  expect(p99).toBeGreaterThanOrEqual(p50!);
  expect(read()).toEqual({ p50: 0, p99: 0, max: 0 });
});

function read(): Record<string, number> {
  return Object.fromEntries(delay.read().map(({ labels, value }) => [labels.statistic!, value]));
}

function blockFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
