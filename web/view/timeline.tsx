import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JobHistory, TimelineFilter } from '../job-history.js';
import { FilterButtons } from './filter-buttons.js';
import { ROW_HEIGHT, TimelineRow } from './timeline-row.js';

interface TimelineProps {
  readonly lists: JobHistory['lists'];
  /** Whether more messages may come. */
  readonly waiting: boolean;
}

/** Extra rows rendered above and below the visible ones, so that scrolling shows no gap. */
const EXTRA_ROWS = 6;
/** Pixels. Used until the real height is known. */
const INITIAL_HEIGHT = 600;

const EMPTY_TEXTS: Readonly<Record<TimelineFilter, string>> = {
  all: 'No messages yet.',
  failed: 'No failures.',
  skipped: 'No skipped tasks.',
};

/** The entries, newest first. Only the visible rows are rendered, so the length of the list costs nothing. */
export function Timeline({ lists, waiting }: TimelineProps) {
  const [filter, setFilter] = useState<TimelineFilter>('all');
  const [top, setTop] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const entries = lists[filter];
  const count = entries.length;
  useStableScroll(scroller, entries, count);

  const first = Math.max(0, Math.min(Math.floor(top / ROW_HEIGHT), count) - EXTRA_ROWS);
  const visible = Math.ceil((scroller.current?.clientHeight || INITIAL_HEIGHT) / ROW_HEIGHT) + 2 * EXTRA_ROWS;
  const last = Math.min(count, first + visible);
  const rows = [];
  for (let index = first; index < last; index++) {
    const position = count - 1 - index;
    rows.push(<TimelineRow key={position} entry={entries[position]!} index={index} count={count} />);
  }
  const scrollToNewest = (): void => scroller.current?.scrollTo({ top: 0 });

  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <div class="timeline-head">
        <h2 id="timeline-title">Tasks</h2>
        <FilterButtons filter={filter} onChoose={setFilter} />
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
          <p class="nothing">{waiting || filter !== 'all' ? EMPTY_TEXTS[filter] : 'No messages.'}</p>
        )}
        <ol role="list" style={{ height: `${count * ROW_HEIGHT}px` }}>
          {rows}
        </ol>
      </div>
      {top > ROW_HEIGHT && (
        <button type="button" class="newest" onClick={scrollToNewest}>
          ↑ Newest
        </button>
      )}
    </section>
  );
}

/**
 * Keeps the visible rows in place while new rows are added above them. After a change of the list, scrolls to the top.
 */
function useStableScroll(
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
