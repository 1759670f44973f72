import type { Summary } from '../../client/summary.js';
import { describeOutcomes, type JobProgress } from '../job-progress.js';
import { texts } from '../texts.js';

interface ProgressBarProps {
  readonly summary: Summary;
  readonly progress: JobProgress;
  /** Whether the job is known to run now. */
  readonly moving: boolean;
}

/** Percent of the bar that the finished tasks fill when the total is unknown. */
const WIDTH_WITHOUT_TOTAL = 70;

/** The bar with one part per outcome. If the total is unknown, the bar has no visible end. */
export function ProgressBar({ summary: { tasks }, progress, moving }: ProgressBarProps) {
  const { done, total, percent, text } = progress;
  const open = total === undefined && done > 0;
  const width = total === undefined ? WIDTH_WITHOUT_TOTAL : total === 0 ? 0 : (done / total) * 100;
  const values = total !== undefined && { 'aria-valuemax': total, 'aria-valuenow': Math.min(done, total) };
  return (
    <div class="progress">
      <div
        class={`bar${open ? ' open' : ''}${moving ? ' moving' : ''}`}
        role="progressbar"
        aria-label={texts.tasksOfJob}
        aria-valuemin={0}
        {...values}
        aria-valuetext={done > 0 ? `${text}: ${describeOutcomes(tasks)}` : text}
      >
        <div class="parts" style={{ width: done > 0 ? `${width}%` : '0' }}>
          <Part kind="completed" count={tasks.completed} />
          <Part kind="failed" count={tasks.failed} />
          <Part kind="skipped" count={tasks.skipped} />
        </div>
        {(total === undefined || moving) && <div class="tail" />}
      </div>
      <p class="caption">
        <span>{capitalised(text)}</span>
        {percent === undefined ? (
          open && <span>{texts.totalUnknown}</span>
        ) : (
          <strong>{texts.percent(percent)}</strong>
        )}
      </p>
    </div>
  );
}

function Part({ kind, count }: { readonly kind: string; readonly count: number }) {
  return count > 0 ? <div class={`part ${kind}`} style={{ flexGrow: String(count) }} /> : null;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
