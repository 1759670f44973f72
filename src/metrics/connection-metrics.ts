import type { Admission } from '../gateway/admission.js';
import type { ConnectionKind } from '../gateway/connection-counters.js';
import type { ConnectionRegistry } from '../gateway/connection-registry.js';
import { samplesBy, type MetricSet, type Sample } from './metric-set.js';

const LABELS: Readonly<Record<ConnectionKind, Sample['labels']>> = {
  legacy: { kind: 'websocket', protocol: 'legacy' },
  websocket: { kind: 'websocket', protocol: 'recodex.v1' },
  batch: { kind: 'websocket', protocol: 'recodex.v2' },
  sse: { kind: 'sse', protocol: 'sse' },
};

export function addConnectionMetrics(
  metrics: MetricSet,
  { counters }: ConnectionRegistry,
  { refused }: Admission,
): void {
  metrics.gauge({
    name: 'connections',
    help: 'Clients that are connected now, by kind and protocol.',
    labels: ['kind', 'protocol'],
    read: () => samplesByKind(counters.open),
  });
  metrics.counter({
    name: 'opened_connections_total',
    help: 'Clients that have connected, by kind and protocol.',
    labels: ['kind', 'protocol'],
    read: () => samplesByKind(counters.opened),
  });
  metrics.counter({
    name: 'closed_connections_total',
    help: 'Connections that have ended, by close code and reason.',
    labels: ['code', 'reason'],
    read: () => [...counters.closed].map(([closing, value]) => ({ labels: closeLabels(closing), value })),
  });
  metrics.counter({
    name: 'refused_clients_total',
    help: 'Streams that were refused, by reason.',
    labels: ['reason'],
    read: () => samplesBy('reason', refused),
  });
}

function samplesByKind(numbers: Readonly<Record<ConnectionKind, number>>): Sample[] {
  return Object.entries(numbers).map(([kind, value]) => ({ labels: LABELS[kind as ConnectionKind], value }));
}

/** @param closing a key of `ConnectionCounters.closed` */
function closeLabels(closing: string): Sample['labels'] {
  const [, code = 'none', reason = closing] = /^(\d+) ?(.*)$/.exec(closing) ?? [];
  return { code, reason };
}
