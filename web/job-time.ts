import type { Summary } from '../client/summary.js';
import { isStale, type LinkStatus } from './link-status.js';
import type { MonitorClock } from './monitor-clock.js';

/** What decides until when the time of a job is known. */
export interface JobTimeFacts {
  readonly summary: Summary;
  readonly link: LinkStatus;
  readonly clock: MonitorClock;
  /** Local time in milliseconds since 1970. */
  readonly now: number;
}

/** The monitor's time up to which the page knows the job, in milliseconds since 1970: now, the end, or the last contact. */
export function knownUntil({ summary, link, clock, now }: JobTimeFacts): number {
  const { state, finished_at, updated_at } = summary;
  const last = Date.parse(finished_at ?? updated_at ?? '');
  if (finished_at !== null || state === 'failed' || link.state === 'ended') return last;
  // Without a connection the job may be over, so the time stops at the last contact.
  return Math.max(last, clock.monitorTime(isStale(link, now) ? (link.heardAt ?? now) : now));
}
