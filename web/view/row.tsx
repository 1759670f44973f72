import { timeOfDay } from '../duration.js';
import type { Entry, EntryKind } from '../entry.js';
import { Icon, type IconName } from './icon.js';

/** Pixels; the same in `style/timeline.css`. Rows of one height are what makes a list of any length cheap. */
export const ROW_HEIGHT = 44;

const ICONS: Readonly<Record<EntryKind, IconName>> = {
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'unknown',
  step: 'step',
  end: 'end',
  bad: 'failed',
  aborted: 'aborted',
  attempt: 'attempt',
};

/** What a task's icon means, beside its name. */
const WORDS: Partial<Record<EntryKind, string>> = {
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'unknown outcome',
};

export interface RowProps {
  readonly entry: Entry;
  /** Counted from the newest, which is 0. */
  readonly place: number;
  readonly count: number;
}

export function Row({ entry: { kind, text, time }, place, count }: RowProps) {
  const word = WORDS[kind];
  return (
    <li
      class={`row ${kind}`}
      style={{ top: `${place * ROW_HEIGHT}px` }}
      aria-posinset={place + 1}
      aria-setsize={count}
    >
      <Icon name={ICONS[kind]} />
      <bdi class={word ? 'name' : 'name words'} title={text}>
        {text}
      </bdi>
      {word && <span class="outcome">{word}</span>}
      <time dateTime={Number.isFinite(time) ? new Date(time).toISOString() : undefined}>
        {timeOfDay(time)}
      </time>
    </li>
  );
}
