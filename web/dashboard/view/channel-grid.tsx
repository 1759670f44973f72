import { useRef, useState } from 'preact/hooks';
import { nextOrder, type SortColumn } from '../channel-order.js';
import type { ChannelTable } from '../channel-table.js';
import type { DashboardStore } from '../dashboard-store.js';
import { moveActive } from '../row-navigation.js';
import type { RenderPace } from '../render-pace.js';
import { ChannelGridRow, rowHeight, rowId } from './channel-grid-row.js';
import { useScrollWindow } from './use-scroll-window.js';

const COLUMNS: readonly (readonly [SortColumn, string])[] = [
  ['id', 'Id'],
  ['state', 'State'],
  ['attempt', 'Attempt'],
  ['tasks', 'Tasks'],
  ['messages', 'Messages'],
  ['subscribers', 'Subscribers'],
  ['age', 'Age'],
];

interface ChannelGridProps {
  readonly store: DashboardStore;
  readonly pace: RenderPace;
  readonly isNarrow: boolean;
}

/**
 * The table of channels. Only the visible rows are rendered. The focus stays on the grid, and `aria-activedescendant`
 * names the active row, so that the focus survives the changes of the rows.
 */
export function ChannelGrid({ store, pace, isNarrow }: ChannelGridProps) {
  const { table } = store;
  const grid = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const rows = table.view();
  const height = rowHeight(isNarrow);
  const window = useScrollWindow(grid, height, rows.length);
  const active = activeId === undefined ? -1 : rows.findIndex(({ id }) => id === activeId);
  const lastActive = useRef(-1);
  if (active >= 0) lastActive.current = active;
  const now = store.now();
  const hold = (): void => table.hold();
  const release = (): void => {
    table.release();
    pace.dataChanged();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== grid.current || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && active >= 0) store.openChannel(rows[active]!.id);
    const page = Math.max(1, Math.floor((window.height - (head.current?.offsetHeight ?? 0)) / height) - 1);
    // If the active row was removed, the keys continue from its place.
    const next = moveActive(event.key, active < 0 ? lastActive.current : active, {
      count: rows.length,
      page,
    });
    if (next === undefined) return;
    event.preventDefault();
    hold();
    setActiveId(rows[next]?.id);
    window.reveal(next, head.current?.offsetHeight ?? 0);
  };

  const visible = [];
  for (let index = window.first; index < window.last; index++) visible.push(index);
  // The active row must exist while the focus is on it, wherever the list is scrolled to.
  if (active >= 0 && (active < window.first || active >= window.last)) visible.push(active);

  return (
    <div
      class="grid"
      ref={grid}
      role="grid"
      tabIndex={0}
      aria-labelledby="channels-title"
      aria-describedby="channels-caption"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active >= 0 ? rowId(active) : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (active < 0 && grid.current?.matches(':focus-visible')) setActiveId(rows[0]?.id);
      }}
      onScroll={window.onScroll}
      onPointerMove={hold}
      onPointerLeave={release}
      onBlur={release}
    >
      <div class="grid-head" role="rowgroup" ref={head}>
        <div class="cells" role="row" aria-rowindex={1}>
          {COLUMNS.map(([column, name]) => (
            <div
              key={column}
              class={`cell ${column}`}
              role="columnheader"
              aria-sort={
                table.order.column !== column ? 'none' : table.order.descending ? 'descending' : 'ascending'
              }
            >
              <button
                type="button"
                onClick={() => {
                  table.setOrder(nextOrder(table.order, column));
                  pace.inputChanged();
                }}
              >
                {name}
                <span class="arrow" aria-hidden="true" />
              </button>
            </div>
          ))}
        </div>
      </div>
      <div class="grid-body" role="rowgroup" style={{ height: `${rows.length * height}px` }}>
        {visible.map((index) => (
          <ChannelGridRow
            key={index}
            row={rows[index]!}
            index={index}
            height={height}
            now={now}
            isActive={index === active}
            isOpen={rows[index]!.id === store.open?.id}
            onOpen={() => {
              setActiveId(rows[index]!.id);
              store.openChannel(rows[index]!.id);
            }}
          />
        ))}
      </div>
      {rows.length === 0 && <p class="nothing">{describeEmpty(table)}</p>}
    </div>
  );
}

function describeEmpty({ loaded, filter }: ChannelTable): string {
  if (!loaded) return 'Waiting for data.';
  return filter.prefix || filter.state ? 'No channel matches.' : 'No channels yet.';
}
