import { laterTexts } from '../later-texts.js';
import { texts } from '../texts.js';
import type { TimelineFilter } from '../timeline-rows.js';

const FILTERS: readonly TimelineFilter[] = ['all', 'failed', 'skipped'];

interface FilterButtonsProps {
  readonly filter: TimelineFilter;
  readonly counts: Readonly<Record<TimelineFilter, number>>;
  readonly onChoose: (filter: TimelineFilter) => void;
}

/** Buttons that select which entries the timeline shows, with the number of these entries. */
export function FilterButtons({ filter, counts, onChoose }: FilterButtonsProps) {
  return (
    <div class="filter" role="group" aria-label={laterTexts.show}>
      {FILTERS.map((name) => (
        <button key={name} type="button" aria-pressed={name === filter} onClick={() => onChoose(name)}>
          {laterTexts.filters[name]} <span class="number">{texts.formats.number(counts[name])}</span>
        </button>
      ))}
    </div>
  );
}
