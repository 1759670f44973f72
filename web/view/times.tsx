import type { ComponentChildren } from 'preact';
import { formatDuration } from '../../client/duration.js';
import type { Summary } from '../../client/summary.js';
import { texts } from '../texts.js';

interface TimesProps {
  readonly summary: Summary;
  /** The monitor's time up to which the job is known, in milliseconds since 1970. */
  readonly until: number;
  /** What is shown below the elapsed time. */
  readonly children: ComponentChildren;
}

/** The elapsed time of the job. */
export function Times({ summary: { started_at, partial }, until, children }: TimesProps) {
  if (started_at === null) return null;
  return (
    <div class="times">
      <p class="elapsed">
        <span class="kicker">{partial ? texts.elapsedAtLeast : texts.elapsed}</span>
        <span class="time" role="timer" aria-live="off">
          {formatDuration(until - Date.parse(started_at))}
        </span>
      </p>
      {children}
    </div>
  );
}
