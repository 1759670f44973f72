import { timeOfDay } from '../time-of-day.js';
import type { EntryKind, TimelineEntry } from '../timeline-entry.js';
import { Icon, type IconName } from './icon.js';

/**
 * Pixels, as in `style/row.css`. All rows have this height, so the position of a row needs no layout of the whole list.
 */
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

/** The outcome as text, shown after the name of a task. */
const OUTCOME_TEXTS: Partial<Record<EntryKind, string>> = {
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'unknown outcome',
};

interface TimelineRowProps {
  readonly entry: TimelineEntry;
  /** Position in the list; the newest entry has 0. */
  readonly index: number;
  readonly count: number;
}

/** One entry of the timeline. */
export function TimelineRow({ entry: { kind, text, time }, index, count }: TimelineRowProps) {
  const outcome = OUTCOME_TEXTS[kind];
  return (
    <li
      class={`row ${kind}`}
      style={{ top: `${index * ROW_HEIGHT}px` }}
      aria-posinset={index + 1}
      aria-setsize={count}
    >
      <Icon name={ICONS[kind]} />
      <bdi class={outcome ? 'name' : 'name words'} title={text}>
        {text}
      </bdi>
      {outcome && <span class="outcome">{outcome}</span>}
      <time dateTime={Number.isFinite(time) ? new Date(time).toISOString() : undefined}>
        {timeOfDay(time)}
      </time>
    </li>
  );
}
