import type { Progress } from './progress-store.js';
import type { Summary } from './summary.js';

const STATES: Readonly<Record<Summary['state'], string>> = {
  waiting: 'Waiting for the first message',
  running: 'Running',
  aborted: 'Interrupted, may run again',
  failed: 'Failed',
  finished: 'Finished',
};

/** The number of reported tasks, and the total if it is known. The total is never smaller than the number. */
export function countTasks(
  { tasks }: Summary,
  expected: number,
): { done: number; total: number | undefined } {
  const done = tasks.completed + tasks.failed + tasks.skipped;
  return { done, total: expected > 0 ? Math.max(expected, done) : undefined };
}

/** One line in English: `Running: 7 of 20 tasks, 1 failed`. @param expected the number of tasks; 0 if it is unknown */
export function progressText({ summary, state, end }: Progress, expected: number): string {
  const { done, total } = countTasks(summary, expected);
  const { failed, skipped } = summary.tasks;
  const parts = [STATES[summary.state]];
  if (summary.messages > 0) {
    const count = total === undefined ? `${done} tasks` : `${done} of ${total} tasks`;
    parts[0] += `: ${summary.partial ? 'at least ' : ''}${count}`;
  }
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (summary.attempt > 1) parts.push(`attempt ${summary.attempt}`);
  if (state === 'waiting') parts.push('connection lost');
  if (end?.reason === 'refused') parts.push('access refused');
  if (end?.reason === 'idle') parts.push('no more messages');
  return parts.join(', ');
}
