import type { TimelineFilter } from '../job-history.js';

const LABELS: Readonly<Record<TimelineFilter, string>> = { all: 'All', failed: 'Failed', skipped: 'Skipped' };

interface FilterButtonsProps {
  readonly filter: TimelineFilter;
  readonly onChoose: (filter: TimelineFilter) => void;
}

/** Buttons that select which entries the timeline shows. */
export function FilterButtons({ filter, onChoose }: FilterButtonsProps) {
  return (
    <div class="filter" role="group" aria-label="Show">
      {(Object.keys(LABELS) as TimelineFilter[]).map((name) => (
        <button key={name} type="button" aria-pressed={name === filter} onClick={() => onChoose(name)}>
          {LABELS[name]}
        </button>
      ))}
    </div>
  );
}
