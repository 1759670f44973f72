import type { End, Summary } from 'recodex-monitor/client';

import { totalOf } from './progress-bar.js';
import { summaryLine } from './progress-line.js';

/** Exit codes of `watch`. */
export const EXIT_CODES = { finished: 0, failed: 1, unknown: 2, interrupted: 130 } as const;

/** The exit code when the stream of a job has ended. Success requires that no message is missing. */
export function exitCodeOf(summary: Summary, end: End, expected: number | undefined): number {
  if (summary.state === 'failed' && end.reason !== 'refused') return EXIT_CODES.failed;
  const isComplete = summary.state === 'finished' && missingKnowledge(summary, expected).length === 0;
  return isComplete ? EXIT_CODES.finished : EXIT_CODES.unknown;
}

/** The last line of `watch`. @param reason why the connection ended */
export function resultLine(summary: Summary, end: End, expected: number | undefined, reason: string): string {
  if (end.reason === 'refused') return `the monitor refuses to show this job: ${refusalText(end, reason)}`;
  if (summary.state === 'failed') return summaryLine(summary);
  if (end.reason === 'closed')
    return [summaryLine(summary), ...missingKnowledge(summary, expected)].join('; ');
  return `the monitor ended the stream (${reason}) before the job ended; ${summaryLine(summary)}`;
}

function refusalText({ detail }: End, reason: string): string {
  if (detail === 'token') return 'the token has expired, or the monitor does not accept it';
  if (reason === 'token') return 'it wants a token, see --token-file';
  return reason;
}

function missingKnowledge(summary: Summary, expected: number | undefined): string[] {
  const reported = totalOf(summary.tasks);
  return [
    ...(summary.partial ? ['the monitor missed a part of this job'] : []),
    ...(expected === undefined || reported === expected
      ? []
      : [`${expected} tasks were expected, ${reported} were reported`]),
  ];
}
