import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { VerificationQueue } from '../../src/auth/verification-queue.js';

/** A task that ends when the test ends it. */
function task() {
  let resolve!: (value: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  const controls = { started: false, resolve, reject };
  return Object.assign(controls, {
    run: () => {
      controls.started = true;
      return promise;
    },
  });
}

describe('the queue of verifications', () => {
  it('runs a bounded number at the same time, and the others in order', async () => {
    const queue = new VerificationQueue(2, 10);
    const tasks = [task(), task(), task(), task()];
    const results = tasks.map((each) => queue.run(each.run));
    expect(tasks.map(({ started }) => started)).toEqual([true, true, false, false]);
    tasks[1]!.resolve('b');
    expect(await results[1]).toBe('b');
    await setImmediate();
    expect(tasks.map(({ started }) => started)).toEqual([true, true, true, false]);
    for (const each of tasks) each.resolve('x');
    expect(await Promise.all(results)).toEqual(['x', 'b', 'x', 'x']);
  });

  it('is full when its places and its waiting room are in use', async () => {
    const queue = new VerificationQueue(1, 1);
    const tasks = [task(), task()];
    const first = queue.run(tasks[0]!.run);
    expect(queue.isFull).toBe(false);
    const second = queue.run(tasks[1]!.run);
    expect(queue.isFull).toBe(true);
    tasks[0]!.resolve('');
    await first;
    expect(queue.isFull).toBe(false);
    tasks[1]!.resolve('');
    await second;
  });

  it('goes on after a verification has failed', async () => {
    const queue = new VerificationQueue(1, 1);
    const failing = task();
    const first = queue.run(failing.run);
    const second = queue.run(() => Promise.resolve('next'));
    failing.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe('next');
  });
});
