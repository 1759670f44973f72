import type { End, Summary } from 'recodex-monitor/client';

import { totalOf } from './progress-bar.js';
import { summaryLine } from './progress-line.js';

/** Exit codes of `watch`. The last two are those of `timeout` and of a shell. */
export const EXIT_CODES = {
  finished: 0,
  failed: 1,
  unknown: 2,
  'tasks-failed': 3,
  timeout: 124,
  interrupted: 130,
} as const;

/** How watching a job ended. */
export type WatchEnd = keyof typeof EXIT_CODES;

/** The result of `watch`. */
export interface WatchResult {
  readonly end: WatchEnd;
  /** One line for a person. */
  readonly text: string;
  readonly summary: Summary;
}

/** What the user knows about the job, and asks. */
export interface WatchExpectations {
  /** Number of tasks of the job, if known. */
  readonly expected?: number | undefined;
  /** A finished job with failed tasks is no success. */
  readonly exitStatus?: boolean | undefined;
  /** The position after which the stream started: earlier messages were not asked for. */
  readonly after?: string | undefined;
}

/** The end when the stream of a job has ended. Success requires that no message is missing. */
export function watchEndOf(summary: Summary, end: End, expectations: WatchExpectations): WatchEnd {
  if (summary.state === 'failed' && end.reason !== 'refused') return 'failed';
  if (summary.state !== 'finished') return 'unknown';
  // A failed task is certain, also when messages are missing.
  if (expectations.exitStatus && summary.tasks.failed > 0) return 'tasks-failed';
  return missingKnowledge(summary, expectations).length === 0 ? 'finished' : 'unknown';
}

/** The last line of `watch`. @param reason why the connection ended */
export function resultLine(
  summary: Summary,
  end: End,
  expectations: WatchExpectations,
  reason: string,
): string {
  if (end.reason === 'refused') return refusalLine(end, reason);
  if (summary.state === 'failed') return summaryLine(summary);
  if (end.reason === 'closed')
    return [summaryLine(summary), ...missingKnowledge(summary, expectations)].join('; ');
  return `the monitor ended the stream (${reason}) before the job ended; ${summaryLine(summary)}`;
}

function refusalLine({ detail }: End, reason: string): string {
  const refusal = 'the monitor refuses to show this job:';
  if (detail === 'token') return `${refusal} the token has expired, or the monitor does not accept it`;
  if (reason === 'token') return `${refusal} it wants a token, see --token-file`;
  const status = /^HTTP (\d{3})$/.exec(reason)?.[1];
  if (status === undefined || status === '403') return `${refusal} ${reason}`;
  if (status.startsWith('3'))
    return `the address leads to another one (${reason}): give the address at which the redirection ends`;
  return `no monitor streams this job at this address (${reason}): check the host, the port and the path prefix`;
}

function missingKnowledge(summary: Summary, { expected, after }: WatchExpectations): string[] {
  const reported = totalOf(summary.tasks);
  return [
    ...(summary.partial ? [partialText(after)] : []),
    ...(expected === undefined || reported === expected
      ? []
      : [`${expected} tasks were expected, ${reported} were reported`]),
  ];
}

/** Why the counts of a job are incomplete. @param after the position after which the stream started */
export function partialText(after: string | undefined): string {
  return after === undefined
    ? 'the monitor missed a part of this job'
    : `messages up to ${after} are not counted`;
}
