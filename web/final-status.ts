import type { JobHistory } from './job-history.js';
import { taskCount } from './job-progress.js';
import type { JobStatus } from './job-status.js';

/** The facts that decide whether a finished job was a success. */
export type FinalFacts = Pick<JobHistory, 'summary' | 'unknownOutcomes' | 'attemptAborted'>;

/**
 * The status of a finished job. It is a success only if all tasks are known to be completed.
 * @param expected number of tasks that the link announces
 */
export function finalStatus(facts: FinalFacts, expected: number | undefined): JobStatus {
  if (facts.summary.state === 'failed')
    return { tone: 'failed', headline: 'Failed', detail: 'The job has failed and is over.' };
  const problems = problemsOf(facts, expected);
  if (problems.length === 0)
    return { tone: 'finished', headline: 'Finished', detail: 'All reported tasks were completed.' };
  return { tone: 'mixed', headline: 'Finished', detail: problems.join(' ') };
}

/** All reasons why the job is not a known success, the most serious first. */
function problemsOf(
  { summary, unknownOutcomes, attemptAborted }: FinalFacts,
  expected: number | undefined,
): string[] {
  const { completed, failed, skipped } = summary.tasks;
  const reported = completed + failed + skipped + unknownOutcomes;
  const problems: string[] = [];
  if (failed > 0 && summary.partial) problems.push(`At least ${taskCount(failed)} failed.`);
  else if (failed > 0) problems.push(`${failed} of ${taskCount(reported)} failed.`);
  else if (skipped > 0) problems.push(`${taskCount(skipped)} skipped.`);
  if (unknownOutcomes > 0) problems.push(`${taskCount(unknownOutcomes)} ended with an unknown outcome.`);
  if (attemptAborted) problems.push('The last attempt was aborted.');
  if (expected !== undefined && reported !== expected)
    problems.push(`${taskCount(reported)} reported, ${expected} expected.`);
  else if (reported === 0 && !summary.partial) problems.push('No task was reported.');
  if (summary.partial) problems.push('The beginning of the job is missing, so other tasks may have failed.');
  return problems;
}
