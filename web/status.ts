import type { Summary } from '../client/summary.js';
import { isStale, type Connection } from './connection.js';
import { timeOfDay } from './duration.js';
import { tasks } from './measure.js';
import { plainText } from './plain-text.js';

/** What a state looks like; the icon, the colour and the favicon go by it. */
export type Tone = 'waiting' | 'running' | 'aborted' | 'failed' | 'finished' | 'mixed' | 'lost';

/** The state of a job in words. Nothing is said that is not known. */
export interface Status {
  readonly tone: Tone;
  readonly headline: string;
  readonly detail: string;
}

/** @param step the last command that was not a task */
export function statusOf(
  summary: Summary,
  step: string | undefined,
  partial: boolean,
  connection: Connection,
): Status {
  if (summary.finished_at !== null)
    return summary.state === 'failed' ? FAILED_AND_OVER : finished(summary, partial);
  const status = summary.messages === 0 ? unheard(connection) : underWay(summary, step);
  if (summary.messages === 0 || !isStale(connection)) return status;
  return {
    tone: connection.end ? status.tone : 'lost',
    headline: `${status.headline} when last heard`,
    detail: connection.end ? gone(connection) : interrupted(connection),
  };
}

const FAILED_AND_OVER: Status = {
  tone: 'failed',
  headline: 'Failed',
  detail: 'The job has failed and is over.',
};

function finished({ tasks: { completed, failed, skipped } }: Summary, partial: boolean): Status {
  const headline = 'Finished';
  if (failed > 0) {
    const detail = partial
      ? `At least ${tasks(failed)} failed.`
      : `${failed} of ${tasks(completed + failed + skipped)} failed.`;
    return { tone: 'mixed', headline, detail };
  }
  if (partial) return { tone: 'finished', headline, detail: 'The job is over.' };
  if (skipped > 0) return { tone: 'mixed', headline, detail: `No task failed, ${tasks(skipped)} skipped.` };
  if (completed > 0) return { tone: 'finished', headline, detail: 'Every task reported was completed.' };
  return { tone: 'finished', headline, detail: 'No task was reported.' };
}

function unheard({ state, known, end }: Connection): Status {
  if (end?.reason === 'refused') {
    const detail = `The monitor does not serve this job here (${plainText(end.detail ?? 'no reason given', 80)}).`;
    return { tone: 'failed', headline: 'Not available', detail };
  }
  if (end) return { tone: 'waiting', headline: 'Nothing was reported', detail: gone({ end }) };
  if (state === 'live') return WAITING;
  if (known)
    return { tone: 'lost', headline: 'Connection lost', detail: 'Nothing had been reported until then.' };
  if (state === 'connecting')
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
    detail: PHASES[step ?? ''] ?? 'The job is reporting its progress.',
  };
}

const PHASES: Readonly<Record<string, string | undefined>> = {
  DOWNLOADED: 'A worker has downloaded the job.',
  STARTED: 'The evaluation is running.',
  ENDED: 'The evaluation has ended, the results come next.',
  UPLOADED: 'The results are uploaded.',
};

function interrupted({ liveAt }: Connection): string {
  const when = liveAt === undefined ? '' : ` since ${timeOfDay(liveAt)}`;
  return `No connection${when}, so this may be out of date.`;
}

function gone({ end }: Pick<Connection, 'end'>): string {
  if (end?.reason === 'idle')
    return 'No news for a long time, so the monitor has closed it. How the job ended is not known.';
  if (end?.reason === 'refused')
    return `The monitor serves it no longer (${plainText(end.detail ?? 'no reason given', 80)}).`;
  return 'The stream has been closed.';
}
