import type { StreamMessage } from '../client/item.js';
import { plainText } from './plain-text.js';
import { texts } from './texts.js';

/** The outcomes of a task. */
export type TaskOutcome = 'completed' | 'failed' | 'skipped';

/** The kind of an entry: the outcome of a task, `unknown` for an outcome not listed above, or a step of the job. */
export type EntryKind = TaskOutcome | 'unknown' | 'step' | 'end' | 'bad' | 'aborted' | 'attempt';

/** One entry of the timeline. Its texts can be shown as they are. */
export interface TimelineEntry {
  readonly kind: EntryKind;
  /** The id of the task with an unknown outcome in parentheses, or the step in words. */
  readonly text: string;
  /** The id of the task; `undefined`: a step, or a task without an id. */
  readonly task?: string | undefined;
  /** Milliseconds since 1970, by the monitor's clock. */
  readonly time: number;
  /** Milliseconds since the message before; `undefined`: unknown, or no time of a task. */
  readonly duration?: number | undefined;
}

const TASK_OUTCOMES: Readonly<Record<string, TaskOutcome>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};

const KINDS: ReadonlyMap<string, EntryKind> = new Map([
  ['FINISHED', 'end'],
  ['FAILED', 'bad'],
  ['ABORTED', 'aborted'],
]);

/** The entry of a message. @param before time of the message before it in the same attempt, in milliseconds since 1970 */
export function toTimelineEntry(
  { command, task_id, task_state, time }: StreamMessage,
  before?: number,
): TimelineEntry {
  const at = Date.parse(time);
  if (command === 'TASK') {
    const entry = taskEntry(task_id ?? '', task_state);
    // A task that was skipped did not run.
    const duration = before === undefined || entry.kind === 'skipped' ? Number.NaN : at - before;
    return { ...entry, time: at, duration: duration >= 0 ? duration : undefined };
  }
  const { entries } = texts;
  const text = Object.hasOwn(entries, command)
    ? entries[command as keyof typeof entries]
    : texts.otherMessage(plainText(command, 80));
  return { kind: KINDS.get(command) ?? 'step', text, time: at };
}

function taskEntry(id: string, state: string | undefined): Pick<TimelineEntry, 'kind' | 'text' | 'task'> {
  const name = id === '' ? texts.namelessTask : plainText(id);
  const task = id === '' ? undefined : name;
  const kind = state !== undefined && Object.hasOwn(TASK_OUTCOMES, state) ? TASK_OUTCOMES[state] : undefined;
  if (kind) return { kind, text: name, task };
  return { kind: 'unknown', text: state === undefined ? name : `${name} (${plainText(state, 40)})`, task };
}
