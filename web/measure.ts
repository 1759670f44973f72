import type { Summary } from '../client/summary.js';

/** How far a job is, as far as that can be known. */
export interface Measure {
  readonly done: number;
  /** `undefined`: nobody knows how many there will be. */
  readonly total: number | undefined;
  /** Whole percent of the total, 100 only when nothing is missing; `undefined` when it would be a guess. */
  readonly percent: number | undefined;
  /** In words, such as `12 of 20 tasks`. */
  readonly text: string;
}

/** How far a job is. Every count of a partial summary is a lower bound. @param expected number of tasks the link promises */
export function measure(summary: Summary, expected: number | undefined): Measure {
  const { partial } = summary;
  const { completed, failed, skipped } = summary.tasks;
  const done = completed + failed + skipped;
  const over = summary.finished_at !== null;
  const least = partial ? 'at least ' : '';
  if (expected === undefined) {
    // A lower bound is no total.
    const total = over && !partial ? done : undefined;
    return { done, total, percent: undefined, text: `${least}${soFar(done, over)}` };
  }
  if (done > expected)
    return {
      done,
      total: over ? done : undefined,
      percent: undefined,
      text: `${least}${tasks(done)}, ${expected} expected`,
    };
  const percent = partial ? undefined : Math.floor((done / expected) * 100);
  return { done, total: expected, percent, text: `${least}${done} of ${tasks(expected)}` };
}

function soFar(done: number, over: boolean): string {
  if (done === 0) return over ? 'no tasks' : 'no tasks yet';
  return over ? tasks(done) : `${tasks(done)} so far`;
}

/** The outcomes in words, without those that never happened. */
export function outcomes({ completed, failed, skipped }: Summary['tasks']): string {
  const parts = [`${completed} completed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(', ');
}

/** A number of tasks. */
export function tasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}
