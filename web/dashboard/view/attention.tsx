import { plainText } from '../../plain-text.js';
import { timeOfDay } from '../../time-of-day.js';
import { conditionsOf } from '../conditions.js';
import type { DashboardStore } from '../dashboard-store.js';
import { formatBytes, formatCompact, formatCount } from '../figures.js';
import type { LimitUse, MonitorWarning } from '../monitor-status.js';
import { RelayCard } from './relay-card.js';

/** What an operator must know: current conditions, use of the limits, recent warnings. */
export function Attention({ store }: { readonly store: DashboardStore }) {
  const { status, sample, feed } = store;
  const conditions = conditionsOf(sample, feed.status);
  return (
    <div class="attention" tabIndex={0} role="region" aria-label="Attention">
      <section class="card" aria-labelledby="now-title">
        <h2 id="now-title">Now</h2>
        {conditions.length === 0 ? (
          <p class="nothing">{sample ? 'Nothing needs attention.' : 'No data yet.'}</p>
        ) : (
          <ul class="conditions">
            {conditions.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </section>
      {sample?.relay && <RelayCard relay={sample.relay} />}
      <section class="card" aria-labelledby="limits-title">
        <h2 id="limits-title">Limits</h2>
        <ul class="limits">
          {status?.limits.map((limit) => (
            <Limit key={limit.key} limit={limit} />
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="warnings-title">
        <h2 id="warnings-title">Recent warnings</h2>
        {status?.warnings.length === 0 && <p class="nothing">None since the start.</p>}
        <ol class="warnings">
          {status?.warnings.map((warning, index) => (
            <Warning key={index} warning={warning} />
          ))}
        </ol>
      </section>
    </div>
  );
}

function Limit({ limit: { key, used, limit, reached } }: { readonly limit: LimitUse }) {
  const format = key.endsWith('bytes') ? formatBytes : formatCompact;
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  return (
    <li class={`limit${share >= 1 ? ' full' : ''}`}>
      <span class="key">{key.replace(/^limits\./, '')}</span>
      <span class="use" title={`${formatCount(used)} of ${formatCount(limit)}`}>
        {format(used)} <span class="of">of {format(limit)}</span>
      </span>
      <span class="meter" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      {reached > 0 && (
        <span class="reached">reached {reached === 1 ? 'once' : `${formatCount(reached)} times`}</span>
      )}
    </li>
  );
}

/** Characters of a field of a log line that are shown. */
const MAX_FIELD = 120;

function Warning({
  warning: { time, level, message, fields = {}, count = 1 },
}: {
  readonly warning: MonitorWarning;
}) {
  const details = Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return `${key}=${plainText(text, MAX_FIELD)}`;
  });
  return (
    <li class={`warning ${/^(error|crit)/.test(level) ? 'bad' : ''}`}>
      <time>{timeOfDay(new Date(time).getTime())}</time>
      <span class="level">{level}</span>
      {count > 1 && <span class="count">×{formatCount(count)}</span>}
      <p>
        {plainText(message)} <bdi class="fields">{details.join(' ')}</bdi>
      </p>
    </li>
  );
}
