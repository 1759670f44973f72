import { formatDuration } from '../../client/duration.js';
import type { Summary } from '../../client/summary.js';
import { texts } from '../texts.js';
import { roughly, type TimeLeft } from '../time-left.js';
import { Icon } from './icon.js';

interface TimesProps {
  readonly summary: Summary;
  /** The monitor's time up to which the job is known, in milliseconds since 1970. */
  readonly until: number;
  readonly left: TimeLeft | undefined;
}

/** The elapsed time of the job, and an estimate of the time that is left. */
export function Times({ summary: { started_at, partial }, until, left }: TimesProps) {
  if (started_at === null) return null;
  return (
    <div class="times">
      <p class="elapsed">
        <span class="kicker">{partial ? texts.elapsedAtLeast : texts.elapsed}</span>
        <span class="time" role="timer" aria-live="off">
          {formatDuration(until - Date.parse(started_at))}
        </span>
      </p>
      {left && <Left left={left} />}
    </div>
  );
}

function Left({ left: { ms, pace, tasks } }: { readonly left: TimeLeft }) {
  return (
    <p class="left">
      <span class="kicker">{texts.timeLeft}</span> {roughly(ms)}{' '}
      <span class="hint">
        <button type="button" aria-label={texts.howEstimated} aria-describedby="estimate">
          <Icon name="info" />
        </button>
        <span id="estimate" role="tooltip">
          {texts.estimate(pace, tasks)}
        </span>
      </span>
    </p>
  );
}
