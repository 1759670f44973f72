import type { HttpServers } from '../http/http-servers.js';
import { samplesBy, type MetricSet } from './metric-set.js';

/** Without TLS on the public listener these metrics have no values. */
export function addTlsMetrics(metrics: MetricSet, { certificates, public: server }: HttpServers): void {
  const { handshakes } = server;
  metrics.gauge({
    name: 'tls_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of the public listener expires, in seconds since 1970.',
    read: () => (certificates.validTo === undefined ? [] : certificates.validTo / 1000),
  });
  metrics.counter({
    name: 'tls_reloads_total',
    help: 'New TLS files, by outcome.',
    labels: ['outcome'],
    read: () => (handshakes ? samplesBy('outcome', { ...certificates.counters }) : []),
  });
  metrics.counter({
    name: 'tls_handshakes_total',
    help: 'TLS handshakes that were completed.',
    read: () => handshakes?.counters.completed ?? [],
  });
  metrics.counter({
    name: 'tls_failed_handshakes_total',
    help: 'TLS handshakes that failed, by reason.',
    labels: ['reason'],
    read: () => (handshakes ? samplesBy('reason', handshakes.counters.failed) : []),
  });
}
