import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TurnQueue } from '../../src/http/turn-queue.js';

describe('TurnQueue', () => {
  let ran: number[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setImmediate'] });
    ran = [];
  });
  afterEach(() => vi.useRealTimers());

  const turn = (): unknown => vi.advanceTimersToNextTimer();
  const task = (number: number) => (): void => void ran.push(number);

  it('runs the first tasks at once, and the others in order, a limited number per turn', () => {
    const queue = new TurnQueue(2);
    for (let i = 0; i < 5; i++) queue.run(task(i));
    expect(ran).toEqual([0, 1]);
    turn();
    expect(ran).toEqual([0, 1, 2, 3]);
    queue.run(task(5));
    turn();
    expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('runs a task at once after a turn without tasks, and has no timer in between', () => {
    const queue = new TurnQueue(1);
    queue.run(task(0));
    turn();
    expect(vi.getTimerCount()).toBe(0);
    queue.run(task(1));
    expect(ran).toEqual([0, 1]);
  });

  it('appends a task that is added by another task', () => {
    const queue = new TurnQueue(1);
    queue.run(task(0));
    queue.run(() => {
      task(1)();
      queue.run(task(3));
    });
    queue.run(task(2));
    for (let i = 0; i < 4; i++) turn();
    expect(ran).toEqual([0, 1, 2, 3]);
  });
});
