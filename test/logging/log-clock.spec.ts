import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogClock } from '../../src/logging/log-clock.js';

const START = Date.parse('2026-11-23T19:00:00.000Z');
const MINUTE = 60_000;

let back: number[];
let clock: LogClock;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
  back = [];
  clock = new LogClock((milliseconds) => back.push(milliseconds));
});
afterEach(() => void vi.useRealTimers());

function setClock(by: number): void {
  vi.setSystemTime(Date.now() + by);
}

describe('The clock of the log', () => {
  it('equals the system clock, also when that is set forward', () => {
    expect(clock.now().getTime()).toBe(START);
    vi.advanceTimersByTime(1234);
    expect(clock.now().getTime()).toBe(START + 1234);
    setClock(60 * MINUTE);
    expect(clock.now().getTime()).toBe(Date.now());
    expect(back).toEqual([]);
  });

  it('advances slowly after the system clock was set back, until that catches up', () => {
    let last = clock.now().getTime();
    setClock(-60 * MINUTE);
    for (let minute = 1; minute <= 66; minute++) {
      vi.advanceTimersByTime(MINUTE);
      const now = clock.now().getTime();
      expect(now).toBeGreaterThan(last);
      expect(now).toBeGreaterThan(Date.now());
      last = now;
    }
    vi.advanceTimersByTime(MINUTE);
    expect(clock.now().getTime()).toBe(Date.now());
    expect(back).toEqual([60 * MINUTE]);
  });

  it('reports each step back of the system clock, except the small steps of NTP', () => {
    clock.now();
    for (const step of [-5000, -200, 7000, -3000]) {
      setClock(step);
      vi.advanceTimersByTime(100);
      clock.now();
    }
    expect(back).toEqual([5000, 3000]);
  });
});
