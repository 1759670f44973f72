import type { Summary } from 'recodex-monitor/client';

import { formatDuration } from '../../client/duration.js';
import { progressBar, totalOf, type BarStyle } from './progress-bar.js';

/** Everything that a progress line shows besides the summary. */
export interface LineStyle extends Omit<BarStyle, 'width'> {
  readonly columns: number;
  readonly elapsedMs: number;
  readonly connection: string;
}

const MAX_BAR_WIDTH = 40;
/** Smallest width of the bar with all details, and with fewer details. */
const MIN_BAR_WIDTH = 8;
const MIN_SHORT_BAR_WIDTH = 5;

/** One line about a running job. It is narrower than the terminal, so that it never wraps. */
export function progressLine(summary: Summary, style: LineStyle): string {
  const room = style.columns - 1;
  const candidates = detailLevels(summary, style);
  for (const [index, details] of candidates.entries()) {
    const width = Math.min(MAX_BAR_WIDTH, room - details.length - 3);
    if (width >= (index === 0 ? MIN_BAR_WIDTH : MIN_SHORT_BAR_WIDTH))
      return `${progressBar(summary, { ...style, width })} ${details}`;
  }
  const [widest] = candidates.filter((details) => details.length <= room);
  return widest ?? candidates.at(-1)!.slice(0, Math.max(0, room));
}

/** The last line about a job. */
export function summaryLine(summary: Summary): string {
  const attempt = summary.attempt > 1 ? `, attempt ${summary.attempt}` : '';
  const time = formatDuration(jobTime(summary));
  return `${summary.state} after ${time}: ${taskText(summary, 'completed')}${attempt}`;
}

/** Milliseconds from the first message of a job to the last. */
export function jobTime({ started_at, updated_at }: Summary): number {
  return started_at === null || updated_at === null ? 0 : Date.parse(updated_at) - Date.parse(started_at);
}

// From all details to the fewest, for narrow terminals.
function detailLevels(summary: Summary, style: LineStyle): string[] {
  const { state, attempt, tasks, partial } = summary;
  const { expected, connection } = style;
  const atLeast = partial ? 'at least ' : '';
  const counts = expected === undefined ? [] : [`${totalOf(tasks)}/${expected}`];
  const short = [atLeast + (counts[0] ?? `${tasks.completed} ok`)];
  const laterAttempt = attempt > 1 ? [`attempt ${attempt}`] : [];
  const failed = tasks.failed > 0 ? [`${tasks.failed} failed`] : [];
  const time = formatDuration(style.elapsedMs);
  return [
    [...counts, state, ...laterAttempt, taskText(summary, 'ok'), time, connection],
    [...short, state, ...laterAttempt, ...failed, time],
    [...short, state, ...failed, time],
    [...short, ...(state === 'running' ? [] : [state]), ...failed, time],
    [...short, ...failed],
  ].map((details) => details.join('  '));
}

function taskText({ tasks: { completed, failed, skipped }, partial }: Summary, word: string): string {
  return `${partial ? 'at least ' : ''}${completed} ${word}, ${failed} failed, ${skipped} skipped`;
}
