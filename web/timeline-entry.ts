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

const TASK_OUTCOMES: ReadonlyMap<string, TaskOutcome> = new Map([
  ['COMPLETED', 'completed'],
  ['FAILED', 'failed'],
  ['SKIPPED', 'skipped'],
]);

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
  if (command === 'TASK') return taskEntry(task_id ?? '', task_state, at, before);
  const { entries } = texts;
  const text = Object.hasOwn(entries, command)
    ? entries[command as keyof typeof entries]
    : texts.otherMessage(plainText(command, 80));
  return { kind: KINDS.get(command) ?? 'step', text, time: at };
}

function taskEntry(
  id: string,
  state: string | undefined,
  time: number,
  before: number | undefined,
): TimelineEntry {
  const isNameless = id.trim() === '';
  const name = isNameless ? texts.namelessTask : plainText(id);
  const task = isNameless ? undefined : name;
  const kind = (state !== undefined && TASK_OUTCOMES.get(state)) || 'unknown';
  const text = kind === 'unknown' && state !== undefined ? `${name} (${plainText(state, 40)})` : name;
  // A task that was skipped did not run.
  const ran = before !== undefined && kind !== 'skipped' && time >= before;
  return { kind, text, task, time, duration: ran ? time - before : undefined };
}
