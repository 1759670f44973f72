import type { Summary } from '../client/summary.js';
import { texts } from './texts.js';

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
  const bounded = (text: string): string => (partial ? texts.atLeast(text) : text);
  if (expected === undefined) {
    // A lower bound is not a total.
    const total = over && !partial ? done : undefined;
    return { done, total, percent: undefined, text: bounded(doneSoFar(summary, done)) };
  }
  if (done > expected)
    return {
      done,
      total: over ? done : undefined,
      percent: undefined,
      text: bounded(texts.tasksOfExpected(done, expected)),
    };
  const percent = partial ? undefined : Math.floor((done / expected) * 100);
  return { done, total: expected, percent, text: bounded(texts.tasksOfTotal(done, expected)) };
}

function doneSoFar({ finished_at, partial }: Summary, done: number): string {
  const over = finished_at !== null;
  // "At least no tasks" would say nothing.
  if (done === 0 && !partial) return over ? texts.noTasks : texts.noTasksYet;
  return over ? texts.tasks(done) : texts.tasksSoFar(done);
}

/** The counts as text, such as `3 completed, 1 failed`. Zero failed or skipped tasks are left out. */
export function describeOutcomes(tasks: Summary['tasks']): string {
  const { formats, outcomeCounts } = texts;
  return (['completed', 'failed', 'skipped'] as const)
    .filter((outcome) => outcome === 'completed' || tasks[outcome] > 0)
    .map((outcome) => `${formats.number(tasks[outcome])} ${outcomeCounts[outcome](tasks[outcome])}`)
    .join(', ');
}
