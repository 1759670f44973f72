import type { ChannelsService } from '../channels/channels.service.js';
import type { PublishingService } from '../publishing/publishing.service.js';
import { samplesBy, type MetricSet } from './metric-set.js';

export function addPublishingMetrics(
  metrics: MetricSet,
  publishing: PublishingService,
  channels: ChannelsService,
): void {
  metrics.counter({
    name: 'publish_requests_total',
    help: 'Requests to publish messages over HTTP, by outcome.',
    labels: ['outcome'],
    read: () => samplesBy('outcome', publishing.counters.requests),
  });
  metrics.counter({
    name: 'published_messages_total',
    help: 'Messages published over HTTP, without repetitions.',
    read: () => publishing.counters.messages,
  });
  metrics.gauge({
    name: 'producers',
    help: 'Producers of published messages that channels remember.',
    read: () => channels.counters.producers,
  });
  metrics.counter({
    name: 'evicted_producers_total',
    help: 'Producers that a channel has forgotten, because it had too many.',
    read: () => channels.counters.evictedProducers,
  });
}
