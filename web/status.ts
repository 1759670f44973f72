import type { Summary } from '../client/summary.js';
import { isStale, isUnanswered, type Connection } from './connection.js';
import { timeOfDay } from './duration.js';
import type { Journal } from './journal.js';
import { plainText } from './plain-text.js';
import { verdictOf, type Known } from './verdict.js';

/** What a state looks like; the icon, the colour and the favicon go by it. */
export type Tone = 'waiting' | 'running' | 'aborted' | 'failed' | 'finished' | 'mixed' | 'lost';

/** The state of a job in words. Nothing is said that is not known. */
export interface Status {
  readonly tone: Tone;
  readonly headline: string;
  readonly detail: string;
}

/** What the page is looked at with. */
export interface Circumstances {
  /** Number of tasks that the link promises. */
  readonly expected: number | undefined;
  readonly connection: Connection;
  /** Milliseconds since 1970, as the reader's clock says. */
  readonly now: number;
}

/** The state of the job as far as it is known. */
export function statusOf(
  journal: Known & Pick<Journal, 'step'>,
  { expected, connection, now }: Circumstances,
): Status {
  const { summary, step } = journal;
  if (summary.finished_at !== null) return verdictOf(journal, expected);
  const heard = summary.messages > 0;
  const status = heard ? underWay(summary, step) : unheard(connection, now);
  if (!heard || !isStale(connection, now)) return status;
  return {
    tone: connection.end ? status.tone : 'lost',
    headline: `${status.headline} when last heard`,
    detail: connection.end ? gone(connection) : interrupted(connection),
  };
}

function unheard(connection: Connection, now: number): Status {
  const { known, end } = connection;
  if (end?.reason === 'refused') {
    const detail = `The monitor does not serve this job here (${plainText(end.detail ?? 'no reason given', 80)}).`;
    return { tone: 'failed', headline: 'Not available', detail };
  }
  if (end) return { tone: 'waiting', headline: 'Nothing was reported', detail: gone({ end }) };
  if (isUnanswered(connection, now)) return UNKNOWN;
  if (!isStale(connection, now)) return WAITING;
  if (known)
    return { tone: 'lost', headline: 'Connection lost', detail: 'Nothing had been reported until then.' };
  if (connection.state === 'connecting')
    return { tone: 'waiting', headline: 'Connecting', detail: 'Asking the monitor about this job.' };
  return {
    tone: 'lost',
    headline: 'No connection',
    detail: 'The monitor can’t be reached. This page keeps trying.',
  };
}

const WAITING: Status = {
  tone: 'waiting',
  headline: 'Waiting for the first message',
  detail: 'Nothing has been reported for this job yet. This page updates by itself.',
};

const UNKNOWN: Status = {
  tone: 'waiting',
  headline: 'Nothing is known of this job',
  detail:
    'The monitor has no message for this id. The job may be over, it may not have begun yet, or the id may be mistyped. If a message comes, it is shown here.',
};

function underWay({ state }: Summary, step: string | undefined): Status {
  if (state === 'aborted') {
    const detail = 'This attempt was given up. The job may be tried again.';
    return { tone: 'aborted', headline: 'Aborted', detail };
  }
  if (state === 'failed') {
    return {
      tone: 'failed',
      headline: 'Failed',
      detail: 'The job has failed. If anything more comes, it is shown here.',
    };
  }
  return {
    tone: 'running',
    headline: 'Running',
    detail: PHASES.get(step) ?? 'The job is reporting its progress.',
  };
}

const PHASES: ReadonlyMap<string | undefined, string> = new Map([
  ['DOWNLOADED', 'A worker has downloaded the job.'],
  ['STARTED', 'The evaluation is running.'],
  ['ENDED', 'The evaluation has ended, the results come next.'],
  ['UPLOADED', 'The results are uploaded.'],
]);

function interrupted({ heardAt }: Connection): string {
  const since = heardAt === undefined ? '' : ` Nothing has been heard since ${timeOfDay(heardAt)}, so`;
  return `No connection.${since || ' So'} this may be out of date.`;
}

function gone({ end }: Pick<Connection, 'end'>): string {
  if (end?.reason === 'idle')
    return 'No news for a long time, so the monitor has closed it. How the job ended is not known.';
  if (end?.reason === 'refused')
    return `The monitor serves it no longer (${plainText(end.detail ?? 'no reason given', 80)}).`;
  return 'The stream has been closed.';
}
