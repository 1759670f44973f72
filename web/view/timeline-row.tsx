import { dateAndTime } from '../date-and-time.js';
import { laterTexts } from '../later-texts.js';
import type { TaskNames } from '../task-name.js';
import { texts } from '../texts.js';
import type { EntryKind, TimelineEntry } from '../timeline-entry.js';
import { Icon, ICONS } from './icon.js';
import { LATER_ICONS } from './later-icons.js';
import { rowPosition, type RowPlace } from './row-place.js';

/** The icon of each kind of entry, as an SVG path. */
export const ENTRY_ICONS: Readonly<Record<EntryKind, string>> = {
  completed: ICONS.completed,
  failed: ICONS.failed,
  skipped: ICONS.skipped,
  unknown: LATER_ICONS.unknown,
  step: LATER_ICONS.step,
  end: LATER_ICONS.end,
  bad: ICONS.failed,
  aborted: ICONS.aborted,
  attempt: LATER_ICONS.attempt,
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
  const outcome =
    Object.hasOwn(laterTexts.outcomes, kind) && laterTexts.outcomes[kind as keyof typeof laterTexts.outcomes];
  return (
    <li class={`row ${kind}${isInside ? ' inside' : ''}`} {...rowPosition(place)}>
      <Icon path={ENTRY_ICONS[kind]} />
      <bdi class={outcome && name === undefined ? 'name' : 'name words'} title={text} data-id={name && task}>
        {name === undefined ? text : name + text.slice(task!.length)}
      </bdi>
      {outcome && <span class="outcome">{outcome}</span>}
      {outcome && <span class="duration">{durationText(duration)}</span>}
      <time
        dateTime={Number.isFinite(time) ? new Date(time).toISOString() : undefined}
        title={dateAndTime(time)}
      >
        {texts.formats.timeOfDay(time)}
      </time>
    </li>
  );
}

/** The time of a task, or of several, as text; empty if it is unknown or too short. @param ms milliseconds */
export function durationText(ms: number | undefined): string {
  return ms === undefined || ms < MIN_DURATION ? '' : laterTexts.durations.short(ms);
}
