import type { HttpServers } from '../http/http-servers.js';
import type { MetricSet, Sample } from './metric-set.js';

export function addHttpMetrics(metrics: MetricSet, servers: HttpServers): void {
  metrics.counter({
    name: 'http_requests_total',
    help: 'HTTP requests, by listener, without upgrades to a WebSocket.',
    labels: ['listener'],
    read: () => samplesByListener(servers, 'requests'),
  });
  metrics.counter({
    name: 'http_dropped_connections_total',
    help: 'TCP connections dropped because the listener had as many as it accepts, by listener.',
    labels: ['listener'],
    read: () => samplesByListener(servers, 'dropped'),
  });
  metrics.counter({
    name: 'refused_hosts_total',
    help: 'Requests to the admin listener that were refused because their Host may be the name of a foreign web site.',
    read: () => servers.hosts.refused,
  });
  metrics.gauge({
    name: 'connections_limit',
    help: 'Clients that are admitted (limits.connections, or fewer when open files are short).',
    read: () => servers.capacity.clients,
  });
}

function samplesByListener(servers: HttpServers, counter: keyof HttpServers['public']['counters']): Sample[] {
  const listeners = { public: servers.public, admin: servers.admin };
  return Object.entries(listeners).flatMap(([listener, server]) =>
    server ? [{ labels: { listener }, value: server.counters[counter] }] : [],
  );
}
