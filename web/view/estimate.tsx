import type { JobHistory } from '../job-history.js';
import type { JobProgress } from '../job-progress.js';
import { texts } from '../texts.js';
import { roughly, timeLeft } from '../time-left.js';
import { Icon } from './icon.js';

interface EstimateProps {
  readonly progress: JobProgress;
  readonly times: JobHistory['times'];
  /** The monitor's time in milliseconds since 1970. */
  readonly now: number;
}

/** An estimate of the time that is left, and how it is made. Nothing if there is too little data. */
export function Estimate({ progress, times, now }: EstimateProps) {
  const left = timeLeft({ ...progress, ...times, now });
  if (!left) return null;
  return (
    <p class="left">
      <span class="kicker">{texts.timeLeft}</span> {roughly(left.ms)}{' '}
      <span class="hint">
        <button type="button" aria-label={texts.howEstimated} aria-describedby="estimate">
          <Icon name="info" />
        </button>
        <span id="estimate" role="tooltip">
          {texts.estimate(left.pace, left.tasks)}
        </span>
      </span>
    </p>
  );
}
