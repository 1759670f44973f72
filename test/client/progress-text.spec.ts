import { describe, expect, it } from 'vitest';
import { EMPTY, type Summary } from '../../client/client.js';
import type { Progress } from '../../client/progress-store.js';
import { countTasks, progressText } from '../../client/progress-text.js';

function progress(summary: Partial<Summary>, rest: Partial<Progress> = {}): Progress {
  return { state: 'live', summary: { ...EMPTY, messages: 1, ...summary }, ...rest };
}

const tasks = (completed: number, failed = 0, skipped = 0): Summary['tasks'] => ({
  completed,
  failed,
  skipped,
});

describe('the number of tasks', () => {
  it.each([
    [tasks(1, 2, 3), 10, { done: 6, total: 10 }],
    [tasks(3), 2, { done: 3, total: 3 }],
    [tasks(0), 0, { done: 0, total: undefined }],
    [tasks(0), -1, { done: 0, total: undefined }],
    [tasks(0), 1, { done: 0, total: 1 }],
  ])('of %j with %i expected is %j', (counts, expected, count) => {
    expect(countTasks({ ...EMPTY, tasks: counts }, expected)).toEqual(count);
  });
});

describe('the text of a progress', () => {
  it.each<[string, Progress, number]>([
    ['Waiting for the first message', progress({ messages: 0 }), 9],
    ['Running: 2 tasks', progress({ state: 'running', tasks: tasks(2) }), 0],
    ['Running: 1 of 9 tasks', progress({ state: 'running', tasks: tasks(1) }), 9],
    ['Running: at least 1 of 9 tasks', progress({ state: 'running', tasks: tasks(1), partial: true }), 9],
    [
      'Finished: 3 of 3 tasks, 1 failed, 1 skipped',
      progress({ state: 'finished', tasks: tasks(1, 1, 1) }),
      3,
    ],
    ['Interrupted, may run again: 0 tasks', progress({ state: 'aborted' }), 0],
    ['Failed: 0 tasks, attempt 2', progress({ state: 'failed', attempt: 2 }), 0],
    ['Running: 0 tasks, connection lost', progress({ state: 'running' }, { state: 'waiting' }), 0],
    ['Running: 0 tasks, no more messages', progress({ state: 'running' }, { end: { reason: 'idle' } }), 0],
    [
      'Waiting for the first message, access refused',
      progress({ messages: 0 }, { end: { reason: 'refused' } }),
      0,
    ],
  ])('is "%s"', (text, given, expected) => expect(progressText(given, expected)).toBe(text));
});
