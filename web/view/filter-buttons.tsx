import type { Filter } from '../journal.js';

const LABELS: Readonly<Record<Filter, string>> = { all: 'All', failed: 'Failed', skipped: 'Skipped' };

export interface FilterButtonsProps {
  readonly filter: Filter;
  readonly choose: (filter: Filter) => void;
}

/** Chooses which entries are shown. */
export function FilterButtons({ filter, choose }: FilterButtonsProps) {
  return (
    <div class="filter" role="group" aria-label="Show">
      {(Object.keys(LABELS) as Filter[]).map((name) => (
        <button key={name} type="button" aria-pressed={name === filter} onClick={() => choose(name)}>
          {LABELS[name]}
        </button>
      ))}
    </div>
  );
}
