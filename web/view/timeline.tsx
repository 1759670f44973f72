import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { copiedRows } from '../copied-rows.js';
import { laterTexts } from '../later-texts.js';
import type { TimelineEntry } from '../timeline-entry.js';
import { timelineRows, type TimelineRow, type TimelineView } from '../timeline-rows.js';
import { GroupRow } from './group-row.js';
import { ROW_HEIGHT } from './row-place.js';
import { EntryRow } from './timeline-row.js';
import { TimelineTools } from './timeline-tools.js';
import { useTimelineIndex } from './use-timeline-index.js';

interface TimelineProps {
  readonly entries: readonly TimelineEntry[];
  /** Whether more messages may come. */
  readonly waiting: boolean;
  /** All rows are rendered, up to `MAX_PRINTED`. */
  readonly printing: boolean;
}

/** Extra rows rendered above and below the visible ones, so that scrolling shows no gap. */
const EXTRA_ROWS = 6;
/** Pixels. Used until the real height is known. */
const INITIAL_HEIGHT = 600;
/** More rows would keep the browser busy for seconds. */
const MAX_PRINTED = 2000;

const INITIAL_VIEW: TimelineView = {
  filter: 'all',
  search: '',
  failuresFirst: false,
  grouped: false,
  open: new Set(),
};

/** The entries, newest first. Only the visible rows are rendered, so the length of the list costs nothing. */
export function Timeline({ entries, waiting, printing }: TimelineProps) {
  const [view, setView] = useState(INITIAL_VIEW);
  // Kept here, because to ask the element for them costs a layout per frame.
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(INITIAL_HEIGHT);
  const scroller = useRef<HTMLDivElement>(null);
  const { names, counts, size } = useTimelineIndex(entries, printing);
  const lags = size < entries.length;
  const rows = useMemo(
    () => timelineRows(lags ? entries.slice(0, size) : entries, names, view),
    [entries, size, lags, names.version, view],
  );
  const count = rows.length;
  useStableScroll(scroller, entries, view, count, top);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setHeight(entry!.contentRect.height));
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  const toggle = (key: string): void => setView({ ...view, open: toggled(view.open, key) });

  const visible = Math.ceil(height / ROW_HEIGHT) + 2 * EXTRA_ROWS;
  const first = printing ? 0 : Math.max(0, Math.min(Math.floor(top / ROW_HEIGHT), count) - EXTRA_ROWS);
  const last = Math.min(count, first + (printing ? MAX_PRINTED : visible));
  const shown = [];
  for (let index = first; index < last; index++) shown.push(renderRow(rows[count - 1 - index]!, index));

  function renderRow(row: TimelineRow, index: number) {
    const place = { index, count };
    const key = count - 1 - index;
    if ('group' in row) return <GroupRow key={key} {...row} place={place} onToggle={toggle} />;
    const isInside = 'inside' in row;
    const entry = isInside ? row.inside : row;
    return <EntryRow key={key} entry={entry} names={names} place={place} isInside={isInside} />;
  }

  const copy = (event: ClipboardEvent): void => {
    const text = copiedRows(event.currentTarget as Element, getSelection());
    if (text === undefined) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };

  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <TimelineTools
        view={view}
        counts={counts}
        hasTests={names.hasTests}
        onChange={(change) => setView({ ...view, ...change })}
      />
      <div
        class="rows"
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={laterTexts.timelineRows}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onCopy={copy}
      >
        {count === 0 && <p class="nothing">{emptyText(view, waiting)}</p>}
        <ol role="list" style={{ height: `${count * ROW_HEIGHT}px` }}>
          {shown}
        </ol>
        {last < count && printing && <p class="nothing">{laterTexts.moreRows(count - last)}</p>}
      </div>
      {top > ROW_HEIGHT && (
        <button type="button" class="newest" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
          ↑ {laterTexts.newest}
        </button>
      )}
    </section>
  );
}

function emptyText({ filter, search }: TimelineView, waiting: boolean): string {
  if (search !== '') return laterTexts.nothingFound;
  return waiting || filter !== 'all' ? laterTexts.empty[filter] : laterTexts.noMessages;
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const others = [...keys].filter((other) => other !== key);
  return new Set(others.length < keys.size ? others : [...keys, key]);
}

/**
 * Keeps the visible rows in place while new rows are added above them. After another choice of rows, scrolls to the top.
 */
function useStableScroll(
  scroller: { readonly current: HTMLDivElement | null },
  entries: unknown,
  view: TimelineView,
  count: number,
  top: number,
): void {
  const before = useRef({ entries, view, count });
  useLayoutEffect(() => {
    const element = scroller.current;
    const { entries: entriesBefore, view: viewBefore, count: countBefore } = before.current;
    before.current = { entries, view, count };
    if (!element) return;
    if (entries !== entriesBefore || !isSameChoice(view, viewBefore)) element.scrollTop = 0;
    // The rows of a group open below its own row.
    else if (view === viewBefore && count > countBefore && top > 0)
      element.scrollTop += (count - countBefore) * ROW_HEIGHT;
  }, [entries, view, count]);
}

function isSameChoice(
  { open: _open, ...choice }: TimelineView,
  { open: _other, ...other }: TimelineView,
): boolean {
  return (Object.keys(choice) as (keyof typeof choice)[]).every((key) => choice[key] === other[key]);
}
