import type { ChannelsService } from '../channels/channels.service.js';
import { samplesBy, type MetricSet } from './metric-set.js';

export function addChannelMetrics(metrics: MetricSet, channels: ChannelsService): void {
  addMessageMetrics(metrics, channels);
  addMemoryMetrics(metrics, channels);
  addDeliveryMetrics(metrics, channels);
  addSubscriptionMetrics(metrics, channels);
}

function addMessageMetrics(metrics: MetricSet, { counters }: ChannelsService): void {
  metrics.counter({
    name: 'messages_total',
    help: 'Messages appended to a channel, by command.',
    labels: ['command'],
    read: () => samplesBy('command', counters.messages),
  });
  metrics.gauge({
    name: 'channels',
    help: 'Channels in memory, by the state of their job.',
    labels: ['state'],
    read: () => samplesBy('state', counters.states),
  });
  metrics.counter({
    name: 'evicted_channels_total',
    help: 'Channels removed to stay within limits.channels and limits.total_bytes.',
    read: () => counters.evictions,
  });
}

function addMemoryMetrics(metrics: MetricSet, channels: ChannelsService): void {
  metrics.gauge({
    name: 'retained_messages',
    help: 'Messages in the logs of all channels.',
    read: () => channels.size.messages,
  });
  metrics.gauge({
    name: 'retained_bytes',
    help: 'Bytes of all channels, without shared encodings.',
    read: () => channels.size.bytes,
  });
  metrics.gauge({
    name: 'encoded_bytes',
    help: 'Bytes of the encodings that streams share.',
    read: () => channels.size.encoded,
  });
  metrics.gauge({
    name: 'channels_limit',
    help: 'Channels that may be in memory (limits.channels).',
    read: () => channels.limits.channels,
  });
  metrics.gauge({
    name: 'retained_bytes_limit',
    help: 'Bytes that all channels may have (limits.total_bytes).',
    read: () => channels.limits.total_bytes,
  });
}

function addDeliveryMetrics(metrics: MetricSet, { counters }: ChannelsService): void {
  metrics.counter({
    name: 'deliveries_total',
    help: 'Writes of messages to clients. One write can have many messages.',
    read: () => counters.deliveries,
  });
  metrics.counter({
    name: 'delivered_bytes_total',
    help: 'Bytes of messages written to clients.',
    read: () => counters.deliveredBytes,
  });
  metrics.histogram({
    name: 'flush_messages',
    help: 'Messages in each flush.',
    read: () => counters.flushMessages,
  });
  metrics.histogram({
    name: 'relay_latency_seconds',
    help: 'Time from the receipt of the first message of each flush to the end of its writes.',
    read: () => counters.relayLatency,
  });
}

function addSubscriptionMetrics(metrics: MetricSet, { counters }: ChannelsService): void {
  metrics.counter({
    name: 'resumes_total',
    help: 'Clients that asked to continue after a position.',
    read: () => counters.resumes,
  });
  metrics.counter({
    name: 'resets_total',
    help: 'Streams that could not continue after the position of the client, by reason.',
    labels: ['reason'],
    read: () => samplesBy('reason', counters.resets),
  });
  metrics.counter({
    name: 'ended_subscriptions_total',
    help: 'Subscriptions that a channel ended, by reason.',
    labels: ['reason'],
    read: () => samplesBy('reason', counters.ends),
  });
}
