import type { End, Summary } from 'recodex-monitor/client';

import { summaryLine, totalOf } from './progress-bar.js';

/** What a watched job came to, as exit codes of the command. */
export const EXIT = { finished: 0, failed: 1, unknown: 2, interrupted: 130 } as const;

/** The exit code of a job that was watched to its end. Success needs complete knowledge. */
export function exitCode(summary: Summary, end: End, expected: number | undefined): number {
  if (summary.state === 'failed' && end.reason !== 'refused') return EXIT.failed;
  const known = summary.state === 'finished' && doubts(summary, expected).length === 0;
  return known ? EXIT.finished : EXIT.unknown;
}

/** The last line about a job that was watched to its end. @param why what ended the connection */
export function lastLine(summary: Summary, end: End, expected: number | undefined, why: string): string {
  if (end.reason === 'refused') return `the monitor refuses to show this job: ${why}`;
  if (summary.state === 'failed') return summaryLine(summary);
  if (end.reason === 'closed') return [summaryLine(summary), ...doubts(summary, expected)].join('; ');
  return `the monitor ended the stream (${why}) before the job did; ${summaryLine(summary)}`;
}

function doubts(summary: Summary, expected: number | undefined): string[] {
  const reported = totalOf(summary.tasks);
  return [
    ...(summary.partial ? ['the monitor does not know the beginning of this job'] : []),
    ...(expected === undefined || reported === expected
      ? []
      : [`${expected} tasks were expected, ${reported} were reported`]),
  ];
}
