import type { Summary } from '../client/summary.js';

/** How many tasks of a job are done. */
export interface JobProgress {
  readonly done: number;
  /** The number of tasks; `undefined`: unknown. */
  readonly total: number | undefined;
  /** Percent of the total, rounded down, so 100 means complete; `undefined`: unknown. */
  readonly percent: number | undefined;
  /** A description such as `12 of 20 tasks`. */
  readonly text: string;
}

/**
 * Computes the progress. All counts of a partial summary are lower bounds.
 * @param expected number of tasks that the link announces
 */
export function progressOf(summary: Summary, expected: number | undefined): JobProgress {
  const { partial } = summary;
  const { completed, failed, skipped } = summary.tasks;
  const done = completed + failed + skipped;
  const over = summary.finished_at !== null;
  const prefix = partial ? 'at least ' : '';
  if (expected === undefined) {
    // A lower bound is not a total.
    const total = over && !partial ? done : undefined;
    return { done, total, percent: undefined, text: `${prefix}${doneSoFar(done, over)}` };
  }
  if (done > expected)
    return {
      done,
      total: over ? done : undefined,
      percent: undefined,
      text: `${prefix}${taskCount(done)}, ${expected} expected`,
    };
  const percent = partial ? undefined : Math.floor((done / expected) * 100);
  return { done, total: expected, percent, text: `${prefix}${done} of ${taskCount(expected)}` };
}

function doneSoFar(done: number, over: boolean): string {
  if (done === 0) return over ? 'no tasks' : 'no tasks yet';
  return over ? taskCount(done) : `${taskCount(done)} so far`;
}

/** The counts as text, such as `3 completed, 1 failed`. Zero failed or skipped tasks are left out. */
export function describeOutcomes({ completed, failed, skipped }: Summary['tasks']): string {
  const parts = [`${completed} completed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}

/** A number of tasks as text. */
export function taskCount(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}
