import { STATES } from '../channel-order.js';
import type { RowState } from '../channel-row.js';
import type { DashboardStore } from '../dashboard-store.js';
import { formatCompact } from '../figures.js';

/** Bytes of the longest id that a monitor accepts by default. */
const MAX_PREFIX = 1024;

/** Selects the channels by the beginning of the id and by state. */
export function ChannelFilters({ store }: { readonly store: DashboardStore }) {
  const { filter, isPartial } = store.table;
  const counts = store.table.counts();
  const text = (state: RowState | 'all'): string => {
    if (store.countsOneState && state !== filter.state) return '';
    if (store.countsOneState) return formatCompact(store.table.matching);
    return `${formatCompact(counts[state])}${isPartial ? '+' : ''}`;
  };
  return (
    <>
      <input
        type="search"
        class="prefix"
        placeholder="Id begins with…"
        aria-label="Filter by the beginning of the id"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={MAX_PREFIX}
        value={filter.prefix}
        onInput={(event) => store.setFilter({ ...filter, prefix: event.currentTarget.value })}
      />
      <div class="filter" role="group" aria-label="Filter by state">
        {([undefined, ...STATES] as const).map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={state === filter.state}
            onClick={() => store.setFilter({ ...filter, state })}
          >
            {state ? capitalise(state) : 'All'} <span class="count">{text(state ?? 'all')}</span>
          </button>
        ))}
      </div>
    </>
  );
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
