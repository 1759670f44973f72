import type { Item } from './item.js';

/** What a channel amounts to so far; times are ISO 8601 in UTC. The server's JSON summary has these fields, too. */
export interface Summary {
  readonly state: 'waiting' | 'running' | 'aborted' | 'failed' | 'finished';
  readonly attempt: number;
  readonly tasks: { readonly completed: number; readonly failed: number; readonly skipped: number };
  readonly messages: number;
  /** The beginning of the job is missing, so the counts are a lower bound. */
  readonly partial: boolean;
  readonly started_at: string | null;
  readonly updated_at: string | null;
  readonly finished_at: string | null;
}

const NO_TASKS: Summary['tasks'] = { completed: 0, failed: 0, skipped: 0 };

/** The commands with which a job, or another attempt at it, begins. */
const BEGINNINGS: ReadonlySet<string> = new Set(['DOWNLOADED', 'STARTED', 'ABORTED', 'FAILED']);

/** The summary before the first message. */
export const EMPTY: Summary = {
  state: 'waiting',
  attempt: 1,
  tasks: NO_TASKS,
  messages: 0,
  partial: false,
  started_at: null,
  updated_at: null,
  finished_at: null,
};

/**
 * The summary after one more item, by the same rules as the server's; pure. A reset leaves nothing but the knowledge that the
 * beginning was trimmed. A stream that resumes with `after` from `EMPTY` lacks its beginning as well.
 */
export function reduce(summary: Summary, item: Item): Summary {
  if ('reset' in item) return item.reset === 'trimmed' ? { ...EMPTY, partial: true } : EMPTY;
  const { command, time } = item;
  let { state, attempt, tasks, messages, partial, finished_at } = summary;
  // Sequence numbers begin with 1.
  if (messages++ === 0) partial ||= !BEGINNINGS.has(command) || !item.id.endsWith('-1');
  switch (command) {
    case 'DOWNLOADED':
    case 'STARTED':
      // An attempt that failed keeps its counts until the next one begins: it may have been the last.
      if (state === 'aborted' || state === 'failed') {
        attempt++;
        tasks = NO_TASKS;
      }
      state = 'running';
      break;
    case 'ABORTED':
      // FAILED may overtake the ABORTED before it, and is the last word of the two.
      if (state !== 'failed') state = 'aborted';
      break;
    case 'FAILED':
      state = 'failed';
      break;
    case 'FINISHED':
      if (state !== 'failed') state = 'finished';
      finished_at = time;
      break;
    default:
      if (state === 'waiting') state = 'running';
      if (command === 'TASK') tasks = count(tasks, item.task_state);
  }
  const started_at = summary.started_at ?? time;
  return { state, attempt, tasks, messages, partial, started_at, updated_at: time, finished_at };
}

function count(tasks: Summary['tasks'], outcome: string | undefined): Summary['tasks'] {
  if (outcome === 'COMPLETED') return { ...tasks, completed: tasks.completed + 1 };
  if (outcome === 'FAILED') return { ...tasks, failed: tasks.failed + 1 };
  if (outcome === 'SKIPPED') return { ...tasks, skipped: tasks.skipped + 1 };
  return tasks;
}
