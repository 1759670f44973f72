import type { AddressLimits } from '../http/addresses/address-limits.js';
import type { Arrivals } from '../http/addresses/arrivals.js';
import { samplesBy, type MetricSet } from './metric-set.js';

export function addAddressMetrics(
  metrics: MetricSet,
  { reports, table, limits }: AddressLimits,
  arrivals: Arrivals,
): void {
  metrics.counter({
    name: 'address_limits_reached_total',
    help: 'Refused requests and slowed inputs because of a limit per address, by limit; with limits.report_only, those that would have been.',
    labels: ['limit'],
    read: () => samplesBy('limit', reports.counts),
  });
  metrics.gauge({
    name: 'addresses',
    help: 'Addresses for which connections, requests or input are counted.',
    read: () => table.size,
  });
  metrics.gauge({
    name: 'addresses_limit',
    help: 'limits.addresses.',
    read: () => limits.addresses,
  });
  metrics.counter({
    name: 'uncounted_addresses_total',
    help: 'Connections that no limit per address applied to, because limits.addresses was reached.',
    read: () => table.overflows,
  });
  metrics.counter({
    name: 'address_dropped_connections_total',
    help: 'Connections closed without an answer, because their address had far more than limits.connections_per_address.',
    read: () => arrivals.dropped,
  });
  metrics.counter({
    name: 'invalid_proxy_headers_total',
    help: 'Connections of trusted proxies closed because they did not begin with a PROXY header.',
    read: () => arrivals.invalidProxyHeaders,
  });
}
