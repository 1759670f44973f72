import type { DashboardStore } from '../dashboard-store.js';
import type { RenderPace } from '../render-pace.js';
import { describeFeed } from '../feed-status.js';
import { Attention } from './attention.js';
import { ChannelSection } from './channel-section.js';
import { Drawer } from './drawer.js';
import { Plots } from './plots.js';
import { TopBar } from './top-bar.js';
import { useMedia } from './use-media.js';

interface DashboardProps {
  readonly store: DashboardStore;
  readonly pace: RenderPace;
}

/** The whole dashboard. Rendered again after each input, and at most twice a second for data. */
export function Dashboard({ store, pace }: DashboardProps) {
  const isNarrow = useMedia('(max-width: 48rem)');
  const { look, label } = describeFeed(store.feed.status, Date.now());
  showInTab(look === 'live' ? '' : label);
  return (
    <>
      {/* On a phone the side panel covers the page. */}
      <div class={`page${look === 'live' ? '' : ' stale'}`} inert={isNarrow && store.open !== undefined}>
        <TopBar store={store} />
        <main>
          <Plots samples={store.samples} isNarrow={isNarrow} />
          <ChannelSection store={store} pace={pace} isNarrow={isNarrow} />
          <Attention store={store} />
        </main>
      </div>
      {store.open && <Drawer key={store.open.id} store={store} open={store.open} />}
      <p class="unseen" role="status">
        {/* Without the seconds: a screen reader would read each of them. */}
        {look === 'live' ? 'Connected to the monitor.' : 'No connection to the monitor.'}
      </p>
    </>
  );
}

function showInTab(problem: string): void {
  const title = problem ? `${problem.replace(/ in \d+ s|,.*/g, '')} · recodex-monitor` : 'recodex-monitor';
  if (document.title !== title) document.title = title;
}
