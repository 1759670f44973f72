import { formatCount } from '../figures.js';
import { MAX_ROWS } from '../channel-table.js';
import type { DashboardStore } from '../dashboard-store.js';
import type { RenderPace } from '../render-pace.js';
import { ChannelFilters } from './channel-filters.js';
import { ChannelGrid } from './channel-grid.js';

interface ChannelSectionProps {
  readonly store: DashboardStore;
  readonly pace: RenderPace;
  readonly isNarrow: boolean;
}

/** The table of channels with its filters. */
export function ChannelSection({ store, pace, isNarrow }: ChannelSectionProps) {
  return (
    <section class="card channels" aria-labelledby="channels-title">
      <div class="channels-head">
        <h2 id="channels-title">Channels</h2>
        <ChannelFilters store={store} />
      </div>
      <ChannelGrid store={store} pace={pace} isNarrow={isNarrow} />
      <p class="channels-foot">
        <span id="channels-caption">{describeRows(store)}</span>
        {store.table.isHeld && <span>Rows keep their places while you use the table.</span>}
      </p>
    </section>
  );
}

/** How many channels are shown, and how many there are. */
function describeRows({ table, sample }: DashboardStore): string {
  const shown = table.view().length;
  if (!table.loaded && table.size === 0) return 'Loading…';
  if (table.isPartial) {
    const kind = table.size >= MAX_ROWS ? ', those that changed last' : '';
    return `${formatCount(shown)} of ${formatCount(table.matching)} shown${kind}`;
  }
  const all = sample?.channels ?? shown;
  return `${formatCount(shown)} of ${formatCount(Math.max(all, shown))} shown`;
}
