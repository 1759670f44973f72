import type { JobStatus, Tone } from '../job-status.js';
import { texts } from '../texts.js';
import { Icon, ICONS } from './icon.js';

const TONE_ICONS: Readonly<Record<Tone, string>> = {
  waiting: ICONS.waiting,
  running: ICONS.running,
  aborted: ICONS.aborted,
  failed: ICONS.failed,
  finished: ICONS.completed,
  mixed: ICONS.notice,
  lost: ICONS.lost,
};

interface HeadlineProps {
  readonly status: JobStatus;
  readonly attempt: number;
  /** Whether the job is known to run now. */
  readonly moving: boolean;
}

/** The state of the job as icon and text. */
export function Headline({ status, attempt, moving }: HeadlineProps) {
  return (
    <div class={`headline tone-${status.tone}`}>
      <span class={`badge${moving ? ' moving' : ''}`}>
        <Icon path={TONE_ICONS[status.tone]} />
      </span>
      <div>
        <p class="words">
          {status.headline}
          {attempt > 1 && <span class="attempt">{texts.attempt(attempt)}</span>}
        </p>
        <p class="detail">{status.detail}</p>
      </div>
    </div>
  );
}
