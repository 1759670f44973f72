import type { Summary } from '../../client/summary.js';
import type { Clock } from '../clock.js';
import { isStale, type Connection } from '../connection.js';
import { duration } from '../duration.js';

export interface ElapsedProps {
  readonly summary: Summary;
  readonly connection: Connection;
  readonly clock: Clock;
  /** Milliseconds since 1970, as the reader's clock says. */
  readonly now: number;
}

/** The time from the first message to the last one that counts; it only runs while the job is known to. */
export function Elapsed(props: ElapsedProps) {
  if (props.summary.started_at === null) return null;
  const text = duration(until(props) - Date.parse(props.summary.started_at));
  return (
    <p class="elapsed">
      <span class="kicker">{props.summary.partial ? 'Elapsed, at least' : 'Elapsed'}</span>
      <span class="time" role="timer" aria-live="off">
        {text}
      </span>
    </p>
  );
}

function until({ summary, connection, clock, now }: ElapsedProps): number {
  const { state, finished_at, updated_at } = summary;
  const last = Date.parse(finished_at ?? updated_at ?? '');
  if (finished_at !== null || state === 'failed' || connection.state === 'ended') return last;
  // Without a link nobody knows whether the job still runs: the time stops where the knowledge does.
  return Math.max(last, clock.there(isStale(connection, now) ? (connection.heardAt ?? now) : now));
}
