import { describeOutcomes } from '../job-progress.js';
import { laterTexts } from '../later-texts.js';
import { texts } from '../texts.js';
import type { EntryKind, TimelineEntry } from '../timeline-entry.js';
import type { TaskGroup } from '../timeline-rows.js';
import { Icon } from './icon.js';
import { LATER_ICONS } from './later-icons.js';
import { rowPosition, type RowPlace } from './row-place.js';
import { durationText, ENTRY_ICONS } from './timeline-row.js';

interface GroupRowProps {
  readonly group: TaskGroup;
  readonly isOpen: boolean;
  readonly place: RowPlace;
  readonly onToggle: (key: string) => void;
}

/** The row of a test. It opens and closes the rows of the tasks. */
export function GroupRow({ group: { key, test, tasks }, isOpen, place, onToggle }: GroupRowProps) {
  const counts = countsOf(tasks);
  const time = tasks.reduce((sum, { duration = 0 }) => sum + duration, 0);
  const unknown = tasks.length - counts.completed - counts.failed - counts.skipped;
  return (
    <li class={`row group ${kindOf(counts, unknown)}`} {...rowPosition(place)}>
      <button type="button" aria-expanded={isOpen} onClick={() => onToggle(key)}>
        <Icon path={isOpen ? LATER_ICONS.open : LATER_ICONS.closed} />
        <Icon path={ENTRY_ICONS[kindOf(counts, unknown)]} />
        <bdi class="name words">{test}</bdi>
        <span class="outcome">
          {describeOutcomes(counts)}
          {unknown > 0 && `, ${texts.formats.number(unknown)} ${laterTexts.outcomes.unknown}`}
        </span>
        <span class="duration">{durationText(time)}</span>
      </button>
    </li>
  );
}

type Counts = Record<'completed' | 'failed' | 'skipped', number>;

function countsOf(tasks: readonly TimelineEntry[]): Counts {
  const count = (wanted: EntryKind): number => tasks.filter(({ kind }) => kind === wanted).length;
  return { completed: count('completed'), failed: count('failed'), skipped: count('skipped') };
}

function kindOf(
  { completed, failed }: Counts,
  unknown: number,
): 'completed' | 'failed' | 'skipped' | 'unknown' {
  if (failed > 0) return 'failed';
  if (unknown > 0) return 'unknown';
  return completed > 0 ? 'completed' : 'skipped';
}
