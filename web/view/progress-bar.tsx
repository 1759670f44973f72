import type { Summary } from '../../client/summary.js';
import { outcomes, type Measure } from '../measure.js';

export interface ProgressBarProps {
  readonly summary: Summary;
  readonly measure: Measure;
  /** The job is known to run right now. */
  readonly moving: boolean;
}

/** Percent of the bar that the tasks so far take when nobody knows how many will follow. */
const KNOWN_PART = 70;

/** The bar in its three parts. With an unknown total it shows shares, and an end that is visibly open. */
export function ProgressBar({ summary: { tasks }, measure, moving }: ProgressBarProps) {
  const { done, total, percent, text } = measure;
  const open = total === undefined && done > 0;
  const width = total === undefined ? KNOWN_PART : total === 0 ? 0 : (done / total) * 100;
  const known = total !== undefined && { 'aria-valuemax': total, 'aria-valuenow': Math.min(done, total) };
  return (
    <div class="progress">
      <div
        class={`bar${open ? ' open' : ''}${moving ? ' moving' : ''}`}
        role="progressbar"
        aria-label="Tasks of this job"
        aria-valuemin={0}
        {...known}
        aria-valuetext={done > 0 ? `${text}: ${outcomes(tasks)}` : text}
      >
        <div class="parts" style={{ width: done > 0 ? `${width}%` : '0' }}>
          <Part kind="completed" count={tasks.completed} />
          <Part kind="failed" count={tasks.failed} />
          <Part kind="skipped" count={tasks.skipped} />
        </div>
        {total === undefined && <div class="tail" />}
      </div>
      <p class="caption">
        <span>{capitalised(text)}</span>
        {percent === undefined ? open && <span>Total not known</span> : <strong>{percent} %</strong>}
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
