import { beforeEach, expect, test } from 'vitest';
import { Announcer } from '../../web/announcer.js';
import { progressOf } from '../../web/job-progress.js';
import { jobStatus } from '../../web/job-status.js';
import { historyOf, LIVE } from '../fixtures/web/job-history.js';

let announcer: Announcer;

beforeEach(() => (announcer = new Announcer()));

/** The announcement at the time `now` for a job with `count` of 100 tasks. */
function announce(count: number, now: number, lastCommands: string[] = []): string | undefined {
  const tasks = Array.from({ length: count }, (_, at) => `TASK t${at} COMPLETED`);
  const history = historyOf(['STARTED', ...tasks, ...lastCommands]);
  const { summary } = history;
  const status = jobStatus(history, { expected: 100, link: LIVE, now });
  return announcer.next(status, progressOf(summary, 100), summary.tasks, now);
}

test('a change of the state is announced at once', () => {
  const reached = '35 percent, 35 of 100 tasks: 35 completed.';
  expect(announce(35, 0)).toBe(`Running. The evaluation is running. ${reached}`);
  expect(announce(35, 1, ['FINISHED'])).toBe('Finished. 35 tasks reported, 100 expected.');
});

test('each tenth of the tasks is announced, at most every five seconds', () => {
  expect(announce(0, 0)).toBe('Running. The evaluation is running.');
  expect(announce(9, 6000)).toBeUndefined();
  expect(announce(10, 7000)).toBe('10 percent, 10 of 100 tasks: 10 completed.');
  expect(announce(20, 8000)).toBeUndefined();
  expect(announce(35, 12_000)).toBe('35 percent, 35 of 100 tasks: 35 completed.');
  expect(announce(35, 60_000)).toBeUndefined();
});
