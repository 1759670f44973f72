import type { Item } from './item.js';

/** The state of a job, computed from its messages. Times are ISO 8601 in UTC. The server's JSON summary has the same fields. */
export interface Summary {
  readonly state: 'waiting' | 'running' | 'aborted' | 'failed' | 'finished';
  readonly attempt: number;
  readonly tasks: { readonly completed: number; readonly failed: number; readonly skipped: number };
  readonly messages: number;
  /** The job's first messages are missing, so the counts are lower bounds. */
  readonly partial: boolean;
  readonly started_at: string | null;
  readonly updated_at: string | null;
  readonly finished_at: string | null;
}

const NO_TASKS: Summary['tasks'] = { completed: 0, failed: 0, skipped: 0 };

/** The commands that can come first in a job, or in another attempt. */
const FIRST_COMMANDS = /^(DOWNLOADED|STARTED|ABORTED|FAILED)$/;

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
 * The summary after one more item, by the rules of the server. A pure function. A reset drops everything; after `trimmed` the
 * summary is partial, and so it is after a continuation. It is also partial if a stream resumes with `after` and the summary starts with `EMPTY`.
 */
export function reduce(summary: Summary, item: Item): Summary {
  if ('reset' in item) return item.reset === 'trimmed' ? { ...EMPTY, partial: true } : EMPTY;
  if ('continues' in item) return { ...summary, partial: true };
  const { time } = item;
  const command: string = item.command;
  let { state, attempt, tasks, messages, partial, finished_at } = summary;
  // Sequence numbers start with 1.
  if (messages++ === 0) partial ||= !FIRST_COMMANDS.test(command) || !item.id.endsWith('-1');
  switch (command) {
    case 'DOWNLOADED':
    case 'STARTED':
      // The counts of a failed attempt stay until the next attempt starts, because the failed one may be the last.
      if (state === 'aborted' || state === 'failed') {
        attempt++;
        tasks = NO_TASKS;
      }
      state = 'running';
      break;
    case 'ABORTED':
      // FAILED may overtake the ABORTED that was sent before it. FAILED is the final state.
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

function count(
  { completed, failed, skipped }: Summary['tasks'],
  outcome: string | undefined,
): Summary['tasks'] {
  // Runs once per message. A copy with spread syntax takes several times as long.
  if (outcome === 'COMPLETED') completed++;
  else if (outcome === 'FAILED') failed++;
  else if (outcome === 'SKIPPED') skipped++;
  return { completed, failed, skipped };
}
