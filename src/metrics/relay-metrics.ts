import type { RelayService } from '../relay/relay.service.js';
import type { RelayState, RelayStatus } from '../relay/relay-status.js';
import { samplesBy, type MetricSet, type Sample } from './metric-set.js';

const ROLES: readonly NonNullable<RelayStatus['role']>[] = ['all', 'ingest', 'edge'];
const STATES: readonly RelayState[] = ['off', 'starting', 'leading', 'standby', 'following', 'away'];

export function addRelayMetrics(metrics: MetricSet, relay: Pick<RelayService, 'status'>): void {
  addStateMetrics(metrics, relay);
  addStreamMetrics(metrics, relay);
}

function addStateMetrics(metrics: MetricSet, relay: Pick<RelayService, 'status'>): void {
  metrics.gauge({
    name: 'relay_role',
    help: '1 for relay.role, 0 for the other roles.',
    labels: ['role'],
    read: () => oneOf('role', ROLES, relay.status.role),
  });
  metrics.gauge({
    name: 'relay_state',
    help: '1 for the state of this process in the relay, 0 for the other states.',
    labels: ['state'],
    read: () => oneOf('state', STATES, relay.status.state),
  });
  metrics.gauge({
    name: 'relay_stale',
    help: '1 while clients may miss the newest messages.',
    read: () => Number(relay.status.isStale),
  });
  metrics.gauge({
    name: 'relay_led',
    help: '1 while some process has the lease.',
    read: () => Number(relay.status.isLed),
  });
  metrics.gauge({
    name: 'relay_lag_entries',
    help: 'Entries in Redis that this process has not applied.',
    read: () => relay.status.lagEntries,
  });
  metrics.gauge({
    name: 'relay_lag_seconds',
    help: 'Seconds since this process had all entries.',
    read: () => relay.status.lagSeconds,
  });
}

function addStreamMetrics(metrics: MetricSet, relay: Pick<RelayService, 'status'>): void {
  metrics.gauge({
    name: 'relay_unconfirmed_entries',
    help: 'Entries that Redis has not confirmed.',
    read: () => relay.status.unconfirmed,
  });
  metrics.gauge({
    name: 'relay_buffer_bytes',
    help: 'Bytes of these entries.',
    read: () => relay.status.bufferBytes,
  });
  metrics.gauge({
    name: 'relay_buffer_bytes_limit',
    help: 'relay.buffer.',
    read: () => relay.status.bufferLimit,
  });
  metrics.counter({
    name: 'relay_lost_messages_total',
    help: 'Messages that clients of other processes never get, because Redis was away for too long.',
    read: () => relay.status.lostMessages,
  });
  metrics.counter({
    name: 'relay_gaps_total',
    help: 'Times that entries were missing in the stream.',
    read: () => relay.status.gaps,
  });
  metrics.counter({
    name: 'relay_rewrites_total',
    help: 'Times that this process wrote all channels again, because Redis had lost entries.',
    read: () => relay.status.rewrites,
  });
  metrics.counter({
    name: 'relay_followed_messages_total',
    help: 'Messages that came from other processes.',
    read: () => relay.status.messages,
  });
}

function oneOf(label: string, values: readonly string[], current: string | null): Sample[] {
  return samplesBy(label, Object.fromEntries(values.map((value) => [value, Number(value === current)])));
}
