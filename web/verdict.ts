import type { Journal } from './journal.js';
import { tasks } from './measure.js';
import type { Status } from './status.js';

/** What is known of a job in the end. */
export type Known = Pick<Journal, 'summary' | 'unclear' | 'givenUp'>;

/**
 * A job that is over, in words. It looks good only when every task is known to be completed. @param expected number of
 * tasks that the link promises
 */
export function verdictOf(known: Known, expected: number | undefined): Status {
  if (known.summary.state === 'failed')
    return { tone: 'failed', headline: 'Failed', detail: 'The job has failed and is over.' };
  const flaws = flawsOf(known, expected);
  if (flaws.length === 0)
    return { tone: 'finished', headline: 'Finished', detail: 'Every task reported was completed.' };
  return { tone: 'mixed', headline: 'Finished', detail: flaws.join(' ') };
}

/** All that keeps the job from being a known success, the worst first. */
function flawsOf({ summary, unclear, givenUp }: Known, expected: number | undefined): string[] {
  const { completed, failed, skipped } = summary.tasks;
  const reported = completed + failed + skipped + unclear;
  const flaws: string[] = [];
  if (failed > 0 && summary.partial) flaws.push(`At least ${tasks(failed)} failed.`);
  else if (failed > 0) flaws.push(`${failed} of ${tasks(reported)} failed.`);
  else if (skipped > 0) flaws.push(`${tasks(skipped)} skipped.`);
  if (unclear > 0) flaws.push(`${tasks(unclear)} ended in a way that this page does not know.`);
  if (givenUp) flaws.push('The last attempt was given up.');
  if (expected !== undefined && reported !== expected)
    flaws.push(`${tasks(reported)} reported, ${expected} expected.`);
  else if (reported === 0 && !summary.partial) flaws.push('No task was reported.');
  if (summary.partial)
    flaws.push('The beginning of the job is missing here, so other tasks may have failed.');
  return flaws;
}
