import type { StreamMessage } from '../client/item.js';
import { plainText } from './plain-text.js';

/** The outcomes of a task. */
export type TaskOutcome = 'completed' | 'failed' | 'skipped';

/** The kind of an entry: the outcome of a task, `unknown` for an outcome not listed above, or a step of the job. */
export type EntryKind = TaskOutcome | 'unknown' | 'step' | 'end' | 'bad' | 'aborted' | 'attempt';

/** One entry of the timeline. Its text can be shown as it is. */
export interface TimelineEntry {
  readonly kind: EntryKind;
  readonly text: string;
  /** Milliseconds since 1970, by the monitor's clock. */
  readonly time: number;
}

const TASK_OUTCOMES: Readonly<Record<string, TaskOutcome>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};

const STEPS: Readonly<Record<string, Pick<TimelineEntry, 'kind' | 'text'>>> = {
  DOWNLOADED: { kind: 'step', text: 'A worker has downloaded the job' },
  STARTED: { kind: 'step', text: 'The evaluation has started' },
  ENDED: { kind: 'step', text: 'The evaluation has ended' },
  UPLOADED: { kind: 'step', text: 'The results are uploaded' },
  FINISHED: { kind: 'end', text: 'The job is over' },
  FAILED: { kind: 'bad', text: 'The job has failed' },
  ABORTED: { kind: 'aborted', text: 'This attempt was aborted' },
};

/** The entry of a message. */
export function toTimelineEntry({ command, task_id, task_state, time }: StreamMessage): TimelineEntry {
  const at = Date.parse(time);
  if (command === 'TASK') return { ...taskEntry(task_id ?? '', task_state), time: at };
  const step = Object.hasOwn(STEPS, command) ? STEPS[command] : undefined;
  return { ...(step ?? { kind: 'step', text: `Message “${plainText(command, 80)}”` }), time: at };
}

function taskEntry(id: string, state: string | undefined): Pick<TimelineEntry, 'kind' | 'text'> {
  const name = id === '' ? '(task without a name)' : plainText(id);
  const kind = state !== undefined && Object.hasOwn(TASK_OUTCOMES, state) ? TASK_OUTCOMES[state] : undefined;
  if (kind) return { kind, text: name };
  return { kind: 'unknown', text: state === undefined ? name : `${name} (${plainText(state, 40)})` };
}
