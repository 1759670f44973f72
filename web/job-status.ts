import type { Summary } from '../client/summary.js';
import { accessProblem } from './access-problem.js';
import { finalStatus, type FinalFacts } from './final-status.js';
import type { JobHistory } from './job-history.js';
import { isStale, isWithoutMessages, type LinkStatus } from './link-status.js';
import { plainText } from './plain-text.js';
import { timeOfDay } from './time-of-day.js';

/** Selects the icon, the colour and the favicon. */
export type Tone = 'waiting' | 'running' | 'aborted' | 'failed' | 'finished' | 'mixed' | 'lost';

/** The state of a job as text. Claims only what the messages prove. */
export interface JobStatus {
  readonly tone: Tone;
  readonly headline: string;
  readonly detail: string;
}

/** The inputs of the status, besides the messages. */
interface StatusContext {
  /** Number of tasks that the link announces. */
  readonly expected: number | undefined;
  readonly link: LinkStatus;
  /** The JWT of the page. */
  readonly token?: string | undefined;
  /** Local time in milliseconds since 1970. */
  readonly now: number;
}

/** The status to show now. */
export function jobStatus(
  history: FinalFacts & Pick<JobHistory, 'lastStep'>,
  { expected, link, token, now }: StatusContext,
): JobStatus {
  const { summary, lastStep } = history;
  if (summary.finished_at !== null) return finalStatus(history, expected);
  const access = accessProblem(link, token, now);
  if (summary.messages === 0) return access ?? statusWithoutMessages(link, now);
  const status = unfinishedStatus(summary, lastStep);
  if (!isStale(link, now)) return status;
  return {
    tone: link.end ? status.tone : 'lost',
    headline: `Last known state: ${status.headline}`,
    detail: access?.detail ?? (link.end ? endDetail(link) : lostDetail(link)),
  };
}

function statusWithoutMessages(link: LinkStatus, now: number): JobStatus {
  const { wasLive, end } = link;
  if (end?.reason === 'refused') {
    const detail = `The monitor refuses to show this job (${reasonOf(link)}).`;
    return { tone: 'failed', headline: 'Not available', detail };
  }
  if (end) return { tone: 'waiting', headline: 'Nothing was reported', detail: endDetail(link) };
  if (isWithoutMessages(link, now)) return NO_INFORMATION;
  if (!isStale(link, now)) return WAITING;
  if (wasLive)
    return { tone: 'lost', headline: 'Connection lost', detail: 'No message arrived before that.' };
  if (link.state === 'connecting')
    return { tone: 'waiting', headline: 'Connecting', detail: 'Asking the monitor about this job.' };
  return {
    tone: 'lost',
    headline: 'No connection',
    detail: 'The monitor can’t be reached. This page keeps trying.',
  };
}

const WAITING: JobStatus = {
  tone: 'waiting',
  headline: 'Waiting for the first message',
  detail: 'Nothing has been reported for this job yet. This page updates by itself.',
};

const NO_INFORMATION: JobStatus = {
  tone: 'waiting',
  headline: 'No information about this job',
  detail:
    'The monitor has no message for this id. The job may be over, it may not have started yet, or the id may be mistyped. New messages will appear here.',
};

function unfinishedStatus({ state }: Summary, lastStep: string | undefined): JobStatus {
  if (state === 'aborted') {
    const detail = 'This attempt was aborted. The job may run again.';
    return { tone: 'aborted', headline: 'Aborted', detail };
  }
  if (state === 'failed') {
    const detail = 'The job has failed. New messages will appear here.';
    return { tone: 'failed', headline: 'Failed', detail };
  }
  return {
    tone: 'running',
    headline: 'Running',
    detail: STEP_DETAILS.get(lastStep) ?? 'The job is reporting its progress.',
  };
}

const STEP_DETAILS: ReadonlyMap<string | undefined, string> = new Map([
  ['DOWNLOADED', 'A worker has downloaded the job.'],
  ['STARTED', 'The evaluation is running.'],
  ['ENDED', 'The evaluation has ended. The results come next.'],
  ['UPLOADED', 'The results are uploaded.'],
]);

function lostDetail({ heardAt }: LinkStatus): string {
  const contact = heardAt === undefined ? '' : ` Last contact with the monitor: ${timeOfDay(heardAt)}.`;
  return `No connection.${contact} This page may be out of date.`;
}

function endDetail(link: LinkStatus): string {
  if (link.end?.reason === 'idle')
    return 'No message arrived for a long time, so the monitor closed the stream. How the job ended is unknown.';
  if (link.end?.reason === 'refused') return `The monitor no longer shows this job (${reasonOf(link)}).`;
  return 'The stream was closed.';
}

function reasonOf({ end }: LinkStatus): string {
  return plainText(end?.detail ?? 'no reason given', 80);
}
