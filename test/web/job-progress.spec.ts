import { expect, test } from 'vitest';
import { progressOf, type JobProgress } from '../../web/job-progress.js';
import { historyOf } from '../fixtures/web/job-history.js';

const THREE_TASKS = ['STARTED', 'TASK a COMPLETED', 'TASK b FAILED', 'TASK c SKIPPED'];

test.each<[string[], number | undefined, number, JobProgress]>([
  [[], undefined, 1, { done: 0, total: undefined, percent: undefined, text: 'no tasks yet' }],
  [THREE_TASKS, undefined, 1, { done: 3, total: undefined, percent: undefined, text: '3 tasks so far' }],
  [THREE_TASKS, 8, 1, { done: 3, total: 8, percent: 37, text: '3 of 8 tasks' }],
  [THREE_TASKS, 8, 5, { done: 3, total: 8, percent: undefined, text: 'at least 3 of 8 tasks' }],
  [THREE_TASKS, 2, 1, { done: 3, total: undefined, percent: undefined, text: '3 tasks, 2 expected' }],
  [[...THREE_TASKS, 'FINISHED'], undefined, 1, { done: 3, total: 3, percent: undefined, text: '3 tasks' }],
  [[...THREE_TASKS, 'FINISHED'], 8, 1, { done: 3, total: 8, percent: 37, text: '3 of 8 tasks' }],
  [['STARTED', 'FINISHED'], undefined, 1, { done: 0, total: 0, percent: undefined, text: 'no tasks' }],
  [['FINISHED'], undefined, 5, { done: 0, total: undefined, percent: undefined, text: 'at least 0 tasks' }],
])(
  'the progress of %j with %j expected tasks, received from message %i on',
  (commands, expected, firstSeq, result) => {
    expect(progressOf(historyOf(commands, firstSeq).summary, expected)).toEqual(result);
  },
);
