import type { TaskNames } from '../task-name.js';
import { texts } from '../texts.js';
import type { EntryKind, TimelineEntry } from '../timeline-entry.js';
import { Icon, type IconName } from './icon.js';
import { rowPosition, type RowPlace } from './row-place.js';

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

/** Milliseconds. A shorter time would be shown as zero. */
const MIN_DURATION = 50;

interface EntryRowProps {
  readonly entry: TimelineEntry;
  readonly names: TaskNames;
  readonly place: RowPlace;
  /** The row belongs to the group above it. */
  readonly isInside: boolean;
}

/** One entry of the timeline. */
export function EntryRow({ entry, names, place, isInside }: EntryRowProps) {
  const { kind, text, task, time, duration } = entry;
  const name = task === undefined ? undefined : names.nameOf(task);
  const outcome = Object.hasOwn(texts.outcomes, kind) && texts.outcomes[kind as keyof typeof texts.outcomes];
  return (
    <li class={`row ${kind}${isInside ? ' inside' : ''}`} {...rowPosition(place)}>
      <Icon name={ICONS[kind]} />
      <bdi class={outcome && name === undefined ? 'name' : 'name words'} title={text} data-id={name && task}>
        {name === undefined ? text : name + text.slice(task!.length)}
      </bdi>
      {outcome && <span class="outcome">{outcome}</span>}
      {outcome && <span class="duration">{durationText(duration)}</span>}
      <time dateTime={Number.isFinite(time) ? new Date(time).toISOString() : undefined}>
        {texts.formats.timeOfDay(time)}
      </time>
    </li>
  );
}

/** The time of a task, or of several, as text; empty if it is unknown or too short. @param ms milliseconds */
export function durationText(ms: number | undefined): string {
  return ms === undefined || ms < MIN_DURATION ? '' : texts.formats.short(ms);
}
