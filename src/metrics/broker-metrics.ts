import type { BrokerService } from '../broker/broker.service.js';
import type { MessageSource } from '../broker/message-source.js';
import { samplesBy, type MetricSet } from './metric-set.js';

export function addBrokerMetrics(
  metrics: MetricSet,
  { counters }: BrokerService,
  source: MessageSource,
): void {
  metrics.counter({
    name: 'broker_received_messages_total',
    help: 'Messages received from the broker, with rejected messages and exit requests.',
    read: () => counters.received,
  });
  metrics.counter({
    name: 'broker_rejected_messages_total',
    help: 'Messages from the broker that were rejected, by reason.',
    labels: ['reason'],
    read: () => samplesBy('reason', { ...counters.rejected, remote_exit: counters.exitRequestsIgnored }),
  });
  metrics.gauge({
    name: 'broker_listening',
    help: '1 while the ROUTER is bound, otherwise 0.',
    read: () => (source.status.endpoint === null ? 0 : 1),
  });
  metrics.gauge({
    name: 'broker_peers',
    help: 'Brokers that are connected now.',
    read: () => source.status.peers,
  });
  metrics.counter({
    name: 'broker_connections_total',
    help: 'Connections of brokers since the start.',
    read: () => counters.peersConnected,
  });
  metrics.counter({
    name: 'broker_refused_connections_total',
    help: 'Connections to zeromq_uri that were refused, by reason.',
    labels: ['reason'],
    read: () => samplesBy('reason', counters.refusedPeers),
  });
  metrics.counter({
    name: 'broker_curve_clients_read_failures_total',
    help: 'Failed attempts to read the file of zeromq.curve.clients again.',
    read: () => counters.clientsReadFailures,
  });
  metrics.counter({
    name: 'broker_worker_restarts_total',
    help: 'Attempts to replace a broken thread of the ROUTER.',
    read: () => counters.workerRestarts,
  });
}
