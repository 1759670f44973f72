import { accessProblem } from './access-problem.js';
import { finalStatus, isWithoutWorker, type FinalFacts } from './final-status.js';
import type { JobHistory } from './job-history.js';
import { isStale, isWithoutMessages, type LinkStatus } from './link-status.js';
import { plainText } from './plain-text.js';
import { texts } from './texts.js';

/** Selects the icon, the colour and the favicon. */
export type Tone = 'waiting' | 'running' | 'aborted' | 'failed' | 'finished' | 'mixed' | 'lost';

/** The state of a job as text. Claims only what the messages prove. */
export interface JobStatus {
  readonly tone: Tone;
  readonly headline: string;
  readonly detail: string;
}

type Facts = FinalFacts & Pick<JobHistory, 'lastStep'>;

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
export function jobStatus(history: Facts, { expected, link, token, now }: StatusContext): JobStatus {
  const { summary } = history;
  if (summary.finished_at !== null) return finalStatus(history, expected);
  const access = accessProblem(link, token, now);
  if (summary.messages === 0) return access ?? statusWithoutMessages(link, now);
  const status = unfinishedStatus(history);
  if (!isStale(link, now)) return status;
  return {
    tone: link.end ? status.tone : 'lost',
    headline: texts.lastKnownState(status.headline),
    detail: access?.detail ?? (link.end ? endDetail(link) : lostDetail(link)),
  };
}

function statusWithoutMessages(link: LinkStatus, now: number): JobStatus {
  const { wasLive, end } = link;
  if (end?.reason === 'refused') {
    return { tone: 'failed', headline: texts.notAvailable, detail: texts.refused(reasonOf(link)) };
  }
  if (end) return { tone: 'waiting', headline: texts.nothingReported, detail: endDetail(link) };
  const { states } = texts;
  if (isWithoutMessages(link, now)) return { tone: 'waiting', ...states.noInformation };
  if (!isStale(link, now)) return { tone: 'waiting', ...states.waiting };
  if (wasLive) return { tone: 'lost', ...states.lost };
  if (link.state === 'connecting') return { tone: 'waiting', ...states.connecting };
  return { tone: 'lost', ...states.unreachable };
}

function unfinishedStatus(facts: Facts): JobStatus {
  const { summary, lastStep } = facts;
  const { state } = summary;
  if (state === 'aborted') return { tone: 'aborted', ...texts.states.aborted };
  if (state === 'failed')
    return { tone: 'failed', ...(isWithoutWorker(facts) ? texts.states.noWorker : texts.states.failed) };
  const detail =
    lastStep !== undefined && isKey(lastStep, texts.steps) ? texts.steps[lastStep] : texts.reporting;
  return { tone: 'running', headline: texts.running, detail };
}

function isKey<T extends object>(key: PropertyKey, texts: T): key is keyof T {
  return Object.hasOwn(texts, key);
}

function lostDetail({ heardAt }: LinkStatus): string {
  return texts.noConnection(heardAt === undefined ? undefined : texts.formats.timeOfDay(heardAt));
}

function endDetail(link: LinkStatus): string {
  if (link.end?.reason === 'idle') return texts.closedIdle;
  if (link.end?.reason === 'refused') return texts.noLongerShown(reasonOf(link));
  return texts.closed;
}

function reasonOf({ end }: LinkStatus): string {
  // The library adds the type of the answer, for developers.
  return plainText(end?.detail?.replace(/^(HTTP \d+) .*/, '$1') ?? texts.noReason, 80);
}
