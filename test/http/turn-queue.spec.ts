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

  it('runs the first tasks at once, and the others in order, some in a turn', () => {
    const queue = new TurnQueue(2);
    for (let i = 0; i < 5; i++) queue.run(task(i));
    expect(ran).toEqual([0, 1]);
    turn();
    expect(ran).toEqual([0, 1, 2, 3]);
    queue.run(task(5));
    turn();
    expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('runs at once again after a turn without tasks, and schedules nothing meanwhile', () => {
    const queue = new TurnQueue(1);
    queue.run(task(0));
    turn();
    expect(vi.getTimerCount()).toBe(0);
    queue.run(task(1));
    expect(ran).toEqual([0, 1]);
  });

  it('gives a task that comes from a task its place behind the others', () => {
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
