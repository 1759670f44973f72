import type { ProgressMessage } from '../client/item.js';
import { plainText } from './plain-text.js';

/** The outcomes of a task. */
export type Outcome = 'completed' | 'failed' | 'skipped';

/** What kind of line an entry is: a task by its outcome, `unknown` for one of a later worker, or a step of the job. */
export type EntryKind = Outcome | 'unknown' | 'step' | 'end' | 'bad' | 'aborted' | 'attempt';

/** A line of the list; its text is ready to be shown. */
export interface Entry {
  readonly kind: EntryKind;
  readonly text: string;
  /** Milliseconds since 1970, by the monitor's clock. */
  readonly time: number;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  SKIPPED: 'skipped',
};

const STEPS: Readonly<Record<string, Pick<Entry, 'kind' | 'text'>>> = {
  DOWNLOADED: { kind: 'step', text: 'A worker has downloaded the job' },
  STARTED: { kind: 'step', text: 'The evaluation has started' },
  ENDED: { kind: 'step', text: 'The evaluation has ended' },
  UPLOADED: { kind: 'step', text: 'The results are uploaded' },
  FINISHED: { kind: 'end', text: 'The job is over' },
  FAILED: { kind: 'bad', text: 'The job has failed' },
  ABORTED: { kind: 'aborted', text: 'This attempt was aborted' },
};

/** The line that tells a message in plain words. */
export function entryOf({ command, task_id, task_state, time }: ProgressMessage): Entry {
  const at = Date.parse(time);
  if (command === 'TASK') return { ...task(task_id ?? '', task_state), time: at };
  const step = Object.hasOwn(STEPS, command) ? STEPS[command] : undefined;
  return { ...(step ?? { kind: 'step', text: `Message ${quoted(command)}` }), time: at };
}

function task(id: string, state: string | undefined): Pick<Entry, 'kind' | 'text'> {
  const name = id === '' ? '(task without a name)' : plainText(id);
  const kind = state !== undefined && Object.hasOwn(OUTCOMES, state) ? OUTCOMES[state] : undefined;
  if (kind) return { kind, text: name };
  return { kind: 'unknown', text: state === undefined ? name : `${name} (${plainText(state, 40)})` };
}

function quoted(command: string): string {
  return `“${plainText(command, 80)}”`;
}
