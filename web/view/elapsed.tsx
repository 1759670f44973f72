import { formatDuration } from '../../client/duration.js';
import type { Summary } from '../../client/summary.js';
import { isStale, type LinkStatus } from '../link-status.js';
import type { MonitorClock } from '../monitor-clock.js';

interface ElapsedProps {
  readonly summary: Summary;
  readonly link: LinkStatus;
  readonly clock: MonitorClock;
  /** Local time in milliseconds since 1970. */
  readonly now: number;
}

/** The elapsed time of the job. It stops when the job ends or the connection is lost. */
export function Elapsed(props: ElapsedProps) {
  if (props.summary.started_at === null) return null;
  const text = formatDuration(endOfInterval(props) - Date.parse(props.summary.started_at));
  return (
    <p class="elapsed">
      <span class="kicker">{props.summary.partial ? 'Elapsed, at least' : 'Elapsed'}</span>
      <span class="time" role="timer" aria-live="off">
        {text}
      </span>
    </p>
  );
}

function endOfInterval({ summary, link, clock, now }: ElapsedProps): number {
  const { state, finished_at, updated_at } = summary;
  const last = Date.parse(finished_at ?? updated_at ?? '');
  if (finished_at !== null || state === 'failed' || link.state === 'ended') return last;
  // Without a connection the job may be over, so the time stops at the last contact.
  return Math.max(last, clock.monitorTime(isStale(link, now) ? (link.heardAt ?? now) : now));
}
