import { outcomes, type Measure } from './measure.js';
import type { Status } from './status.js';
import type { Summary } from '../client/summary.js';

/** Milliseconds between two announcements of progress; a change of the state is told at once. */
const PAUSE = 5000;

/** Says now and then, to those who listen to the page, what those who look at it see all the time. */
export class Announcer {
  #headline = '';
  #milestone = 0;
  #spokeAt = Number.NEGATIVE_INFINITY;

  /** What is worth saying now, if anything is. @param now milliseconds, of any clock that only goes forward */
  next(status: Status, measure: Measure, tasks: Summary['tasks'], now: number): string | undefined {
    const milestone = milestoneOf(measure);
    const fresh = status.headline !== this.#headline;
    if (milestone < this.#milestone) this.#milestone = milestone;
    if (!fresh && (milestone === this.#milestone || now - this.#spokeAt < PAUSE)) return undefined;
    const reached = milestone > this.#milestone ? `${progress(measure)}: ${outcomes(tasks)}.` : '';
    this.#headline = status.headline;
    this.#milestone = milestone;
    this.#spokeAt = now;
    return (fresh ? `${status.headline}. ${status.detail} ${reached}` : reached).trim();
  }
}

/** Every tenth of a known total; of an unknown one 10, 20, 50, 100, 200 and so on. */
function milestoneOf({ done, total }: Measure): number {
  if (total !== undefined) return total === 0 ? 0 : Math.floor((done / total) * 10);
  if (done < 10) return 0;
  const magnitude = Math.floor(Math.log10(done));
  const lead = done / 10 ** magnitude;
  return magnitude * 3 + (lead >= 5 ? 2 : lead >= 2 ? 1 : 0);
}

function progress({ percent, text }: Measure): string {
  return percent === undefined ? text : `${percent} percent, ${text}`;
}
