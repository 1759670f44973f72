import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { oncePerFrame } from '../../web/once-per-frame.js';

/** Milliseconds between two frames. */
const FRAME = 16;

const WINDOW = {
  requestAnimationFrame: (callback: () => void) => Number(setTimeout(callback, FRAME)),
  cancelAnimationFrame: (frame: number) => clearTimeout(frame),
};

let runs: number[];
let changed: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  runs = [];
  changed = oncePerFrame(WINDOW, () => runs.push(performance.now()));
  // Long after a run: the pause is over.
  vi.advanceTimersByTime(10_000);
});

afterEach(() => vi.useRealTimers());

/** Calls the function in each frame. */
function callFor(frames: number): void {
  for (let frame = 0; frame < frames; frame++) {
    changed();
    vi.advanceTimersByTime(FRAME);
  }
}

test('one call runs the action in the next frame', () => {
  changed();
  expect(runs).toHaveLength(0);
  vi.advanceTimersByTime(FRAME);
  expect(runs).toHaveLength(1);
});

test('several calls before a frame run the action once', () => {
  for (let call = 0; call < 1000; call++) changed();
  vi.advanceTimersByTime(1000);
  expect(runs).toHaveLength(1);
});

test('while calls come in each frame, the action runs at intervals', () => {
  callFor(63);
  expect(runs.length).toBeGreaterThanOrEqual(4);
  expect(runs.length).toBeLessThanOrEqual(6);
});

test('the action runs as soon as a frame passes without a call', () => {
  callFor(20);
  const before = runs.length;
  vi.advanceTimersByTime(2 * FRAME);
  expect(runs).toHaveLength(before + 1);
  vi.advanceTimersByTime(10_000);
  expect(runs).toHaveLength(before + 1);
});

test('without frames, the action runs after a delay', () => {
  const hidden = { requestAnimationFrame: () => 0, cancelAnimationFrame: () => {} };
  const action = vi.fn<() => void>();
  oncePerFrame(hidden, action)();
  vi.advanceTimersByTime(250);
  expect(action).toHaveBeenCalledOnce();
});
