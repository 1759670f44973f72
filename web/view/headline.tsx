import type { JobStatus, Tone } from '../job-status.js';
import { Icon, type IconName } from './icon.js';

const ICONS: Readonly<Record<Tone, IconName>> = {
  waiting: 'waiting',
  running: 'running',
  aborted: 'aborted',
  failed: 'failed',
  finished: 'completed',
  mixed: 'notice',
  lost: 'lost',
};

/** The state of the job as icon and text. */
export function Headline({ status, attempt }: { readonly status: JobStatus; readonly attempt: number }) {
  return (
    <div class={`headline tone-${status.tone}`}>
      <span class="badge">
        <Icon name={ICONS[status.tone]} />
      </span>
      <div>
        <p class="words">
          {status.headline}
          {attempt > 1 && <span class="attempt">Attempt {attempt}</span>}
        </p>
        <p class="detail">{status.detail}</p>
      </div>
    </div>
  );
}
