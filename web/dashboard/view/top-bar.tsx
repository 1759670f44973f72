import type { ComponentChildren } from 'preact';
import type { DashboardStore } from '../dashboard-store.js';
import { describeFeed } from '../feed-status.js';
import { formatUptime } from '../figures.js';
import { needsBroker } from '../relay-state.js';
import { LogLevelSelect } from './log-level-select.js';

const STATE_TEXTS = { starting: 'Starting', open: 'Open', draining: 'Stopping' } as const;

/** Whether the data are live, and the state of the monitor. */
export function TopBar({ store }: { readonly store: DashboardStore }) {
  const { sample, status, feed } = store;
  const { look, label } = describeFeed(feed.status, Date.now());
  const now = store.now();
  const uptime = status && now !== undefined ? formatUptime(now - Date.parse(status.started_at)) : '–';
  const peers = sample && needsBroker(sample.relay, sample.listening) ? sample.broker_peers : undefined;
  return (
    <header class="top">
      <h1>
        recodex-monitor <span class="version">{status?.version}</span>
      </h1>
      <p class={`pill link ${look}`}>
        <span class="unseen">Live data: </span>
        <span class="dot" />
        {label}
      </p>
      <dl class="facts">
        <Fact name="Broker" tone={peers === 0 ? 'bad' : ''}>
          {sample ? describeBroker(peers) : '–'}
        </Fact>
        <Fact name="State" tone={sample && sample.state !== 'open' ? 'bad' : ''}>
          {sample ? (STATE_TEXTS[sample.state] ?? sample.state) : '–'}
        </Fact>
        <Fact name="Uptime">{uptime}</Fact>
      </dl>
      <LogLevelSelect level={store.level} />
    </header>
  );
}

/** @param peers `undefined`: this process takes no messages */
function describeBroker(peers: number | undefined): string {
  if (peers === undefined) return 'not needed';
  if (peers === 0) return 'not connected';
  return peers === 1 ? 'connected' : `${peers} connected`;
}

interface FactProps {
  readonly name: string;
  readonly tone?: string;
  readonly children: ComponentChildren;
}

function Fact({ name, tone = '', children }: FactProps) {
  return (
    <div class={`fact ${tone}`}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
