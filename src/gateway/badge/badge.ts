import type { ChannelSummary } from '../../channels/channel-summary.js';

/** What a badge says. */
export interface Badge {
  readonly label: string;
  readonly text: string;
  readonly tone: 'unknown' | 'running' | 'ok' | 'mixed' | 'failed';
}

/** The query of a badge. */
export interface BadgeOptions {
  readonly label: string;
  /** The number of tasks of the job. */
  readonly expected: number | undefined;
}

const DEFAULT_LABEL = 'job';
/** Characters of the label. */
const MAX_LABEL = 40;
/** A larger number of expected tasks is ignored, as on the page. */
const MAX_EXPECTED = 1_000_000;

/** Reads `?label=` and `?expected=`. An invalid value counts as missing. */
export function badgeOptions(url: string): BadgeOptions {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  // By code points, so that no character is cut in half.
  const label = Array.from((query.get('label') ?? '').replace(/[\p{C}\s]+/gu, ' ').trim())
    .slice(0, MAX_LABEL)
    .join('');
  const number = query.get('expected') ?? '';
  const expected = /^\d{1,7}$/.test(number) ? Number(number) : 0;
  return {
    label: label || DEFAULT_LABEL,
    expected: expected > 0 && expected <= MAX_EXPECTED ? expected : undefined,
  };
}

/** The badge of a channel. It is green only if nothing speaks against a success. @param summary `undefined`: unknown channel */
export function badgeOf(summary: ChannelSummary | undefined, { label, expected }: BadgeOptions): Badge {
  if (!summary || summary.messages === 0) return { label, text: 'unknown', tone: 'unknown' };
  const { state, tasks, partial } = summary;
  const done = tasks.completed + tasks.failed + tasks.skipped;
  const bound = partial ? 'at least ' : '';
  switch (state) {
    case 'failed':
      return { label, text: 'failed', tone: 'failed' };
    case 'aborted':
      return { label, text: 'aborted', tone: 'mixed' };
    case 'finished':
      return { label, ...endOf(summary, done, expected) };
    case 'running':
    case 'waiting':
      return { label, text: `running, ${bound}${progressText(done, expected)}`, tone: 'running' };
  }
}

function endOf(
  { tasks: { failed, skipped }, partial }: ChannelSummary,
  done: number,
  expected: number | undefined,
): Omit<Badge, 'label'> {
  if (failed > 0)
    return { text: `${partial ? 'at least ' : ''}${failed} of ${tasksText(done)} failed`, tone: 'mixed' };
  if (skipped > 0) return { text: `${skipped} of ${tasksText(done)} skipped`, tone: 'mixed' };
  if (expected !== undefined && done !== expected)
    return { text: `finished, ${progressText(done, expected)}`, tone: 'mixed' };
  if (partial) return { text: 'finished, incomplete data', tone: 'mixed' };
  if (done === 0) return { text: 'finished, no tasks', tone: 'mixed' };
  return { text: `finished, ${tasksText(done)}`, tone: 'ok' };
}

function progressText(done: number, expected: number | undefined): string {
  return expected === undefined ? tasksText(done) : `${done} of ${tasksText(expected)}`;
}

function tasksText(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}
