import type { Summary } from 'recodex-monitor/client';

type TaskCounts = Summary['tasks'];

/** The look of a progress bar. */
export interface BarStyle {
  /** Columns of the bar without its brackets, at least 3. */
  readonly width: number;
  /** Number of tasks of the job, if known. */
  readonly expected?: number | undefined;
  readonly color: boolean;
  /** Step of the indicator of an unknown total. Grows by one with each drawing. */
  readonly tick: number;
}

const PARTS = [
  { part: 'completed', sign: '=', color: '\u001b[32m' },
  { part: 'failed', sign: 'x', color: '\u001b[31m' },
  { part: 'skipped', sign: '-', color: '\u001b[33m' },
] as const;
const RESET_COLOR = '\u001b[0m';
const INDICATOR = '<=>';

/** A bar with the parts completed, failed and skipped. It is full only when all tasks are done. */
export function progressBar({ state, tasks, partial }: Summary, style: BarStyle): string {
  // A finished job has no tasks other than the reported ones, unless its beginning is missing.
  const expected = state === 'finished' && !partial ? (style.expected ?? totalOf(tasks)) : style.expected;
  if (expected === undefined) return `[${indicator(style)}]`;
  const cells = cellsOf(tasks, expected, style.width);
  const filled = PARTS.map(({ part, sign, color }) => {
    const text = sign.repeat(cells[part]);
    return style.color && text ? `${color}${text}${RESET_COLOR}` : text;
  });
  return `[${filled.join('')}${' '.repeat(style.width - totalOf(cells))}]`;
}

/** Number of reported tasks. */
export function totalOf({ completed, failed, skipped }: TaskCounts): number {
  return completed + failed + skipped;
}

// The indicator moves back and forth within the bar.
function indicator({ width, tick }: BarStyle): string {
  const free = Math.max(0, width - INDICATOR.length);
  const step = free === 0 ? 0 : tick % (2 * free);
  return INDICATOR.padStart(INDICATOR.length + (step > free ? 2 * free - step : step)).padEnd(width);
}

// Rounding must not hide a part: one failed task of a thousand is important.
function cellsOf(tasks: TaskCounts, expected: number, width: number): TaskCounts {
  const done = totalOf(tasks);
  if (done === 0) return tasks;
  const share = Math.floor((done * width) / Math.max(done, expected));
  const filled = Math.max(share, PARTS.filter(({ part }) => tasks[part] > 0).length);
  const failed = atLeastOne(tasks.failed, filled / done);
  const skipped = atLeastOne(tasks.skipped, filled / done);
  const completed = filled - failed - skipped;
  if (completed >= Math.min(1, tasks.completed)) return { completed, failed, skipped };
  const excess = Math.min(1, tasks.completed) - completed;
  const larger =
    failed >= skipped ? { failed: failed - excess, skipped } : { failed, skipped: skipped - excess };
  return { completed: completed + excess, ...larger };
}

function atLeastOne(count: number, scale: number): number {
  return count === 0 ? 0 : Math.max(1, Math.round(count * scale));
}
