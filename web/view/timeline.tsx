import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Filter, Journal } from '../journal.js';
import { FilterButtons } from './filter-buttons.js';
import { Row, ROW_HEIGHT } from './row.js';

export interface TimelineProps {
  readonly lists: Journal['lists'];
  /** More may come. */
  readonly waiting: boolean;
}

/** Rows drawn above and below what can be seen, so that scrolling finds them there. */
const MARGIN = 6;
/** Pixels; until the real height is known. */
const USUAL_HEIGHT = 600;

const EMPTY: Readonly<Record<Filter, string>> = {
  all: 'Nothing yet.',
  failed: 'No failure.',
  skipped: 'No task was skipped.',
};

/** What came, newest first. Only the rows that can be seen exist, however many there are. */
export function Timeline({ lists, waiting }: TimelineProps) {
  const [filter, setFilter] = useState<Filter>('all');
  const [top, setTop] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const entries = lists[filter];
  const count = entries.length;
  useSteady(scroller, entries, count);

  const first = Math.max(0, Math.min(Math.floor(top / ROW_HEIGHT), count) - MARGIN);
  const visible = Math.ceil((scroller.current?.clientHeight || USUAL_HEIGHT) / ROW_HEIGHT) + 2 * MARGIN;
  const last = Math.min(count, first + visible);
  const rows = [];
  for (let place = first; place < last; place++) {
    const index = count - 1 - place;
    rows.push(<Row key={index} entry={entries[index]!} place={place} count={count} />);
  }
  const toNewest = (): void => scroller.current?.scrollTo({ top: 0 });

  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <div class="timeline-head">
        <h2 id="timeline-title">Tasks</h2>
        <FilterButtons filter={filter} choose={setFilter} />
      </div>
      <div
        class="rows"
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Tasks and steps, newest first"
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        {count === 0 && (
          <p class="nothing">{waiting || filter !== 'all' ? EMPTY[filter] : 'Nothing came.'}</p>
        )}
        <ol role="list" style={{ height: `${count * ROW_HEIGHT}px` }}>
          {rows}
        </ol>
      </div>
      {top > ROW_HEIGHT && (
        <button type="button" class="newest" onClick={toNewest}>
          ↑ Newest
        </button>
      )}
    </section>
  );
}

/** Keeps what a reader has scrolled to where it is while new rows come above it; a new list begins at its top. */
function useSteady(
  scroller: { readonly current: HTMLDivElement | null },
  entries: unknown,
  count: number,
): void {
  const before = useRef({ entries, count });
  useLayoutEffect(() => {
    const element = scroller.current;
    const grown = count - before.current.count;
    if (element && before.current.entries !== entries) element.scrollTop = 0;
    else if (element && grown > 0 && element.scrollTop > 0) element.scrollTop += grown * ROW_HEIGHT;
    before.current = { entries, count };
  }, [entries, count]);
}
