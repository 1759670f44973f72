import type { JobHistory } from './job-history.js';
import type { JobStatus } from './job-status.js';
import { texts } from './texts.js';

/** The facts that decide whether a finished job was a success. */
export type FinalFacts = Pick<JobHistory, 'summary' | 'unknownOutcomes' | 'attemptAborted' | 'hasWorker'>;

/**
 * The status of a finished job. It is a success only if all tasks are known to be completed.
 * @param expected number of tasks that the link announces
 */
export function finalStatus(facts: FinalFacts, expected: number | undefined): JobStatus {
  if (facts.summary.state === 'failed')
    return {
      tone: 'failed',
      ...(isWithoutWorker(facts) ? texts.states.noWorker : texts.states.failedForGood),
    };
  const problems = problemsOf(facts, expected);
  if (problems.length === 0) return { tone: 'finished', ...texts.states.finished };
  return { tone: 'mixed', headline: texts.finished, detail: problems.join(' ') };
}

/**
 * Whether the broker has ended the job because no worker can take it. The broker reports the failure of a worker only after
 * messages of that worker.
 */
export function isWithoutWorker({ summary, hasWorker }: Pick<FinalFacts, 'summary' | 'hasWorker'>): boolean {
  return summary.state === 'failed' && !hasWorker && !summary.partial;
}

/** All reasons why the job is not a known success, the most serious first. */
function problemsOf(
  { summary, unknownOutcomes, attemptAborted }: FinalFacts,
  expected: number | undefined,
): string[] {
  const { completed, failed, skipped } = summary.tasks;
  const reported = completed + failed + skipped + unknownOutcomes;
  const problems: string[] = [];
  if (failed > 0 && summary.partial) problems.push(texts.atLeastFailed(failed));
  else if (failed > 0) problems.push(texts.someFailed(failed, reported));
  else if (skipped > 0) problems.push(texts.someSkipped(skipped));
  if (unknownOutcomes > 0) problems.push(texts.someUnknown(unknownOutcomes));
  if (attemptAborted) problems.push(texts.lastAttemptAborted);
  if (expected !== undefined && reported !== expected) problems.push(texts.otherTotal(reported, expected));
  else if (reported === 0 && !summary.partial) problems.push(texts.noTaskReported);
  if (summary.partial) problems.push(texts.beginningMissing);
  return problems;
}
