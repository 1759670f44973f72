import type { ComponentChildren } from 'preact';
import { formatBytes, formatCount } from '../figures.js';
import {
  bufferShare,
  describeLag,
  describeLease,
  describeRelayState,
  MUCH_BUFFER,
  type RelayPart,
} from '../relay-state.js';

/** The part of the monitor in a relay. */
export function RelayCard({ relay }: { readonly relay: RelayPart }) {
  const { role, stale, state, lost_messages, gaps, rewrites } = relay;
  const isAway = state === 'away';
  const share = bufferShare(relay);
  return (
    <section class={`card relay${stale || isAway ? ' alarm' : ''}`} aria-labelledby="relay-title">
      <h2 id="relay-title">
        Relay {stale && <span class="mark">stale</span>}
        {isAway && <span class="mark">Redis is away</span>}
      </h2>
      <dl>
        <Row name="Role">{role}</Row>
        <Row name="State" isBad={isAway}>
          {describeRelayState(relay)}
        </Row>
        <Row name="Lease" isBad={!isAway && !relay.led}>
          {describeLease(relay)}
        </Row>
        <Row name="Lag" isBad={stale && relay.lag_seconds > 0}>
          {describeLag(relay)}
        </Row>
        {role !== 'edge' && (
          <Row name="Buffer" isBad={share > MUCH_BUFFER}>
            {formatBytes(relay.buffer_bytes)} <span class="of">of {formatBytes(relay.buffer_limit)}</span>
            <span class="meter" aria-hidden="true">
              <span style={{ width: `${share * 100}%` }} />
            </span>
          </Row>
        )}
        <Row name="Lost messages" isBad={lost_messages > 0}>
          {formatCount(lost_messages)}
        </Row>
        <Row name="Gaps">{formatCount(gaps)}</Row>
        {rewrites > 0 && <Row name="Rewrites">{formatCount(rewrites)}</Row>}
      </dl>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly isBad?: boolean;
  readonly children: ComponentChildren;
}

function Row({ name, isBad = false, children }: RowProps) {
  return (
    <div class={isBad ? 'bad' : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
