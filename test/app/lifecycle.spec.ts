import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lifecycle, type LifecycleStep } from '../../src/app/lifecycle.js';

let calls: string[];
const error = vi.fn<(entry: { step: string; error: Error }) => void>();

beforeEach(() => {
  calls = [];
  error.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
});

function step(name: string, overrides: Partial<LifecycleStep> = {}): LifecycleStep {
  return {
    name,
    start: () => void calls.push(`start ${name}`),
    stop: () => void calls.push(`stop ${name}`),
    ...overrides,
  };
}

function failing(text: string): () => Promise<never> {
  return () => Promise.reject(new Error(text));
}

describe('the lifecycle', () => {
  it('starts in order and stops in reverse order', async () => {
    const lifecycle = new Lifecycle([step('a'), step('b'), step('c')], { error });
    await lifecycle.start();
    await lifecycle.stop();
    expect(calls).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  });

  it('waits for each step before the next', async () => {
    const slow = step('slow', {
      start: async () => {
        await new Promise(setImmediate);
        calls.push('start slow');
      },
      stop: async () => {
        await new Promise(setImmediate);
        calls.push('stop slow');
      },
    });
    const lifecycle = new Lifecycle([step('a'), slow, step('b')], { error });
    await lifecycle.start();
    await lifecycle.stop();
    expect(calls).toEqual(['start a', 'start slow', 'start b', 'stop b', 'stop slow', 'stop a']);
  });

  it('rejects with the error of a start step, and does not run the steps after it', async () => {
    const lifecycle = new Lifecycle([step('a', { start: failing('no port') }), step('b')], { error });
    await expect(lifecycle.start()).rejects.toThrow('no port');
    expect(calls).toEqual([]);
    await lifecycle.stop();
    expect(calls).toEqual(['stop b', 'stop a']);
  });

  it('logs a stop step that rejects or throws, and runs the next', async () => {
    const throws = step('throws', {
      stop: () => {
        throw new Error('thrown');
      },
    });
    const lifecycle = new Lifecycle([step('a'), step('rejects', { stop: failing('rejected') }), throws], {
      error,
    });
    await lifecycle.stop();
    expect(calls).toEqual(['stop a']);
    expect(error.mock.calls.map(([entry]) => [entry.step, entry.error.message])).toEqual([
      ['throws', 'thrown'],
      ['rejects', 'rejected'],
    ]);
  });

  it('runs each step once, however often it is started and stopped', async () => {
    const lifecycle = new Lifecycle([step('a')], { error });
    await Promise.all([lifecycle.start(), lifecycle.start()]);
    const [first, second] = [lifecycle.stop(), lifecycle.stop()];
    expect(second).toBe(first);
    await first;
    await lifecycle.stop();
    expect(calls).toEqual(['start a', 'stop a']);
  });

  it('a stop during the start waits for the step in progress and skips the others', async () => {
    let bound!: () => void;
    const binding = step('binding', { start: () => new Promise((resolve) => (bound = resolve)) });
    const lifecycle = new Lifecycle([step('a'), binding, step('b')], { error });
    const started = lifecycle.start();
    await new Promise(setImmediate);
    const stopped = lifecycle.stop();
    await new Promise(setImmediate);
    expect(calls).toEqual(['start a']);
    bound();
    await Promise.all([started, stopped]);
    expect(calls).toEqual(['start a', 'stop b', 'stop binding', 'stop a']);
  });

  it('a stop does not wait for a start step that hangs', async () => {
    vi.useFakeTimers();
    const hanging = step('hanging', { start: () => new Promise(() => {}) });
    const lifecycle = new Lifecycle([step('a'), hanging], { error });
    void lifecycle.start();
    const stopped = lifecycle.stop();
    await vi.advanceTimersByTimeAsync(1000);
    await stopped;
    expect(calls).toEqual(['start a', 'stop hanging', 'stop a']);
  });
});
