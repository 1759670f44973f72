import type { Summary } from 'recodex-monitor/client';

type TaskCounts = Summary['tasks'];

export interface BarStyle {
  /** Columns of the bar without its brackets, at least 3. */
  readonly width: number;
  /** How many tasks the job has, if known. */
  readonly expected?: number | undefined;
  readonly color: boolean;
  /** Where the indicator of an unknown total stands: grows by one with each drawing. */
  readonly tick: number;
}

export interface LineStyle extends Omit<BarStyle, 'width'> {
  readonly columns: number;
  readonly elapsedMs: number;
  readonly connection: string;
}

const PARTS = [
  { part: 'completed', sign: '=', color: '\u001b[32m' },
  { part: 'failed', sign: 'x', color: '\u001b[31m' },
  { part: 'skipped', sign: '-', color: '\u001b[33m' },
] as const;
const PLAIN = '\u001b[0m';
const INDICATOR = '<=>';
const WIDEST_BAR = 40;
const NARROWEST_BAR = 8;
const NARROWEST_SHORT_BAR = 5;

/** One line about a running job, narrower than the terminal, so that it never wraps. */
export function progressLine(summary: Summary, style: LineStyle): string {
  const room = style.columns - 1;
  const candidates = wordings(summary, style);
  for (const [index, words] of candidates.entries()) {
    const width = Math.min(WIDEST_BAR, room - words.length - 3);
    if (width >= (index === 0 ? NARROWEST_BAR : NARROWEST_SHORT_BAR))
      return `${progressBar(summary, { ...style, width })} ${words}`;
  }
  const [widest] = candidates.filter((words) => words.length <= room);
  return widest ?? candidates.at(-1)!.slice(0, Math.max(0, room));
}

// The most complete wording first. A narrow terminal gets what a watcher can do without last of all.
function wordings(summary: Summary, style: LineStyle): string[] {
  const { state, attempt, tasks, partial } = summary;
  const { expected, connection } = style;
  const atLeast = partial ? 'at least ' : '';
  const counts = expected === undefined ? [] : [`${totalOf(tasks)}/${expected}`];
  const short = [atLeast + (counts[0] ?? `${tasks.completed} ok`)];
  const again = attempt > 1 ? [`attempt ${attempt}`] : [];
  const failed = tasks.failed > 0 ? [`${tasks.failed} failed`] : [];
  const time = duration(style.elapsedMs);
  return [
    [...counts, state, ...again, taskWords(summary, 'ok'), time, connection],
    [...short, state, ...again, ...failed, time],
    [...short, state, ...failed, time],
    [...short, ...(state === 'running' ? [] : [state]), ...failed, time],
    [...short, ...failed],
  ].map((words) => words.join('  '));
}

/** A bar in three parts: completed, failed, skipped. It is full only when every task is done. */
export function progressBar({ state, tasks, partial }: Summary, style: BarStyle): string {
  // A job that has finished has no more tasks than those that came, unless its beginning is missing.
  const expected = state === 'finished' && !partial ? (style.expected ?? totalOf(tasks)) : style.expected;
  if (expected === undefined) return `[${indicator(style)}]`;
  const cells = cellsOf(tasks, expected, style.width);
  const filled = PARTS.map(({ part, sign, color }) => {
    const text = sign.repeat(cells[part]);
    return style.color && text ? `${color}${text}${PLAIN}` : text;
  });
  return `[${filled.join('')}${' '.repeat(style.width - totalOf(cells))}]`;
}

/** The last line about a job. */
export function summaryLine(summary: Summary): string {
  const attempt = summary.attempt > 1 ? `, attempt ${summary.attempt}` : '';
  return `${summary.state} after ${duration(jobTime(summary))}: ${taskWords(summary, 'completed')}${attempt}`;
}

/** Milliseconds from the job's first message to its last. */
export function jobTime({ started_at, updated_at }: Summary): number {
  return started_at === null || updated_at === null ? 0 : Date.parse(updated_at) - Date.parse(started_at);
}

function indicator({ width, tick }: BarStyle): string {
  const free = Math.max(0, width - INDICATOR.length);
  const step = free === 0 ? 0 : tick % (2 * free);
  return INDICATOR.padStart(INDICATOR.length + (step > free ? 2 * free - step : step)).padEnd(width);
}

// No part that exists may vanish by rounding: one failed task of a thousand is what the watcher wants to see.
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

function taskWords({ tasks: { completed, failed, skipped }, partial }: Summary, word: string): string {
  return `${partial ? 'at least ' : ''}${completed} ${word}, ${failed} failed, ${skipped} skipped`;
}

/** How many tasks were reported. */
export function totalOf({ completed, failed, skipped }: TaskCounts): number {
  return completed + failed + skipped;
}

function duration(ms: number): string {
  const seconds = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
