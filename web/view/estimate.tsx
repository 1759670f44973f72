import type { JobHistory } from '../job-history.js';
import type { JobProgress } from '../job-progress.js';
import { laterTexts } from '../later-texts.js';
import { roughly, timeLeft } from '../time-left.js';
import { Icon } from './icon.js';
import { LATER_ICONS } from './later-icons.js';

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
      <span class="kicker">{laterTexts.timeLeft}</span> {roughly(left.ms)}{' '}
      <span class="hint">
        <button type="button" aria-label={laterTexts.howEstimated} aria-describedby="estimate">
          <Icon path={LATER_ICONS.info} />
        </button>
        <span id="estimate" role="tooltip">
          {laterTexts.estimate(left.pace, left.tasks)}
        </span>
      </span>
    </p>
  );
}
