import { laterTexts } from '../later-texts.js';
import type { TimelineFilter, TimelineView } from '../timeline-rows.js';
import { FilterButtons } from './filter-buttons.js';

interface TimelineToolsProps {
  readonly view: TimelineView;
  readonly counts: Readonly<Record<TimelineFilter, number>>;
  /** Whether a task belongs to a test. */
  readonly hasTests: boolean;
  readonly onChange: (change: Partial<TimelineView>) => void;
}

/** The head of the timeline: its title, its filters and the search. */
export function TimelineTools({ view, counts, hasTests, onChange }: TimelineToolsProps) {
  const { filter, search, failuresFirst, grouped } = view;
  return (
    <div class="timeline-head">
      <h2 id="timeline-title">{laterTexts.timeline}</h2>
      <input
        type="search"
        value={search}
        placeholder={laterTexts.search}
        aria-label={laterTexts.search}
        autocomplete="off"
        spellcheck={false}
        maxLength={300}
        onInput={(event) => onChange({ search: event.currentTarget.value })}
      />
      <FilterButtons filter={filter} counts={counts} onChoose={(chosen) => onChange({ filter: chosen })} />
      <div class="toggles">
        {(failuresFirst || counts.failed > 0) && (
          <button
            type="button"
            aria-pressed={failuresFirst}
            onClick={() => onChange({ failuresFirst: !failuresFirst })}
          >
            {laterTexts.failuresFirst}
          </button>
        )}
        {hasTests && (
          <button type="button" aria-pressed={grouped} onClick={() => onChange({ grouped: !grouped })}>
            {laterTexts.groupByTest}
          </button>
        )}
      </div>
    </div>
  );
}
