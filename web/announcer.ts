import type { Summary } from '../client/summary.js';
import { describeOutcomes, type JobProgress } from './job-progress.js';
import type { JobStatus } from './job-status.js';
import { texts } from './texts.js';

/** Milliseconds between two announcements of progress. A change of the state is announced at once. */
const MIN_INTERVAL = 5000;

/** Chooses what a screen reader announces: each change of the state, and progress at intervals. */
export class Announcer {
  /** The last announcement. */
  text = '';
  #headline = '';
  #milestone = 0;
  #announcedAt = Number.NEGATIVE_INFINITY;

  /** The text to announce now; `undefined`: nothing. @param now milliseconds of a monotonic clock */
  next(status: JobStatus, progress: JobProgress, tasks: Summary['tasks'], now: number): string | undefined {
    const milestone = milestoneOf(progress);
    const stateChanged = status.headline !== this.#headline;
    if (milestone < this.#milestone) this.#milestone = milestone;
    if (!stateChanged && (milestone === this.#milestone || now - this.#announcedAt < MIN_INTERVAL))
      return undefined;
    const reached =
      milestone > this.#milestone ? `${describeProgress(progress)}: ${describeOutcomes(tasks)}.` : '';
    this.#headline = status.headline;
    this.#milestone = milestone;
    this.#announcedAt = now;
    return (this.text = (stateChanged ? `${status.headline}. ${status.detail} ${reached}` : reached).trim());
  }
}

/** With a known total: each tenth of the total. Without a total: 10, 20, 50, 100, 200 tasks and so on. */
function milestoneOf({ done, total }: JobProgress): number {
  if (total !== undefined) return total === 0 ? 0 : Math.floor((done / total) * 10);
  if (done < 10) return 0;
  const magnitude = Math.floor(Math.log10(done));
  const lead = done / 10 ** magnitude;
  return magnitude * 3 + (lead >= 5 ? 2 : lead >= 2 ? 1 : 0);
}

function describeProgress({ percent, text }: JobProgress): string {
  return percent === undefined ? text : `${texts.percentInWords(percent)}, ${text}`;
}
