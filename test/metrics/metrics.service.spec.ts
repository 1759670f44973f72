import { readFileSync } from 'node:fs';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppModule } from '../../src/app/app.module.js';
import { BrokerService } from '../../src/broker/broker.service.js';
import { MESSAGE_SOURCE } from '../../src/broker/message-source.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { defaultSettings } from '../../src/config/settings.js';
import { SettingsStore } from '../../src/config/settings.store.js';
import { ABNORMAL, FINISHED } from '../../src/gateway/close-codes.js';
import { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { PublishingService } from '../../src/publishing/publishing.service.js';
import { MemorySource } from '../fixtures/memory-source.js';
import { RecordingSink } from '../fixtures/recording-sink.js';
import { documentedMetrics } from './documented-metrics.js';
import { parseExposition, sampleValue } from './exposition.js';

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

let module: TestingModule;
let source: MemorySource;
let channels: ChannelsService;

beforeEach(async () => {
  source = new MemorySource();
  module = await Test.createTestingModule({
    imports: [AppModule.forRoot(new SettingsStore(defaultSettings()))],
  })
    .overrideProvider(MESSAGE_SOURCE)
    .useValue(source)
    .compile();
  await module.init();
  await module.get(BrokerService).start();
  channels = module.get(ChannelsService);
});

afterEach(() => module.close());

describe('the documentation', () => {
  const rows = documentedMetrics();

  it('has each metric with its type, and no other', async () => {
    const metrics = [...parseExposition(await scrape())].map(([name, { type }]) => `${name}: ${type}`);
    expect(metrics.toSorted()).toEqual(rows.map(({ name, type }) => `${name}: ${type}`).toSorted());
  });

  it('has each label', async () => {
    useEverything();
    const wrong = [...parseExposition(await scrape())].filter(([name, { samples }]) => {
      const expected = rows.find((row) => row.name === name)?.labels.toSorted();
      return samples.some(({ labels }) => {
        const present = Object.keys(labels).filter((label) => label !== 'le');
        return present.toSorted().join() !== expected?.join();
      });
    });
    expect(wrong.map(([name]) => name)).toEqual([]);
  });
});

describe('the metrics', () => {
  it('have no label with an id', async () => {
    useEverything();
    expect(await scrape()).not.toMatch(/secret/);
  });

  it('have the same number of time series, however many channels there are', async () => {
    useEverything();
    const before = await seriesCount();
    for (let i = 0; i < 100; i++) send(`job-${i}`, `COMMAND-${i}`);
    channels.flush();
    expect(await seriesCount()).toBe(before);
  });

  it('say which program runs', async () => {
    const { samples } = parseExposition(await scrape()).get('recodex_monitor_build_info')!;
    const labels = { version: VERSION, node_version: process.versions.node, architecture: process.arch };
    expect(samples).toEqual([{ name: 'recodex_monitor_build_info', labels, value: 1 }]);
  });

  it('count messages by command, received and rejected', async () => {
    send('a', 'TASK', 'TASK', 'STARTED', 'toString');
    source.sink!.rejected('not_utf8');
    source.sink!.exitRequested();
    const text = await scrape();
    expect(sampleValue(text, 'recodex_monitor_broker_received_messages_total')).toBe(6);
    expect(messagesOf(text, 'TASK')).toBe(2);
    expect(messagesOf(text, 'STARTED')).toBe(1);
    expect(messagesOf(text, 'other')).toBe(1);
    expect(messagesOf(text, 'FINISHED')).toBe(0);
    const rejected = 'recodex_monitor_broker_rejected_messages_total';
    expect(sampleValue(text, rejected, { reason: 'not_utf8' })).toBe(1);
    expect(sampleValue(text, rejected, { reason: 'remote_exit' })).toBe(1);
  });

  it('count published messages, and producers until their channel is removed', async () => {
    const publishing = module.get(PublishingService);
    publishing.open();
    const messages = [{ channelId: 'a', command: 'STARTED' }];
    const producer = { id: 'ci', epoch: 0, seq: 0 };
    for (let i = 0; i < 2; i++) publishing.publish({ channelId: 'a', messages, producer });
    const text = await scrape();
    expect(sampleValue(text, 'recodex_monitor_published_messages_total')).toBe(1);
    const requests = 'recodex_monitor_publish_requests_total';
    expect(sampleValue(text, requests, { outcome: 'appended' })).toBe(1);
    expect(sampleValue(text, requests, { outcome: 'repeated' })).toBe(1);
    expect(sampleValue(text, requests, { outcome: 'gap' })).toBe(0);
    expect(sampleValue(text, 'recodex_monitor_producers')).toBe(1);
    channels.onApplicationShutdown();
    expect(sampleValue(await scrape(), 'recodex_monitor_producers')).toBe(0);
  });

  it('follow the state of each channel until it is removed', async () => {
    const subscription = channels.subscribe('waits', new RecordingSink());
    send('runs', 'STARTED');
    send('ends', 'STARTED', 'FINISHED');
    send('again', 'STARTED', 'FINISHED', 'STARTED');
    send('failed', 'FAILED');
    expect(await states()).toEqual({ waiting: 1, running: 2, aborted: 0, failed: 1, finished: 1 });
    subscription.close();
    expect(await states()).toEqual({ waiting: 0, running: 2, aborted: 0, failed: 1, finished: 1 });
    channels.onApplicationShutdown();
    expect(await states()).toEqual({ waiting: 0, running: 0, aborted: 0, failed: 0, finished: 0 });
  });

  it('count what channels retain', async () => {
    send('a', 'STARTED', 'TASK');
    send('b', 'STARTED');
    channels.flush();
    const text = await scrape();
    expect(sampleValue(text, 'recodex_monitor_retained_messages')).toBe(3);
    expect(sampleValue(text, 'recodex_monitor_retained_bytes')).toBe(channels.size.bytes);
    channels.onApplicationShutdown();
    expect(sampleValue(await scrape(), 'recodex_monitor_retained_messages')).toBe(0);
  });

  it('measure each flush once, from the receipt of its first message', async () => {
    source.sink!.message({ channelId: 'a', command: 'STARTED' }, performance.now() - 300);
    source.sink!.message({ channelId: 'b', command: 'STARTED' }, performance.now());
    channels.flush();
    channels.flush();
    const text = await scrape();
    expect(sampleValue(text, 'recodex_monitor_flush_messages_count')).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_flush_messages_sum')).toBe(2);
    expect(sampleValue(text, 'recodex_monitor_relay_latency_seconds_bucket', { le: '0.25' })).toBe(0);
    expect(sampleValue(text, 'recodex_monitor_relay_latency_seconds_count')).toBe(1);
  });

  it('count deliveries, resumes and resets', async () => {
    send('a', 'STARTED');
    channels.flush();
    channels.subscribe('a', new RecordingSink());
    channels.subscribe('a', new RecordingSink(), null);
    const text = await scrape();
    expect(sampleValue(text, 'recodex_monitor_deliveries_total')).toBe(2);
    expect(sampleValue(text, 'recodex_monitor_delivered_bytes_total')).toBeGreaterThan(0);
    expect(sampleValue(text, 'recodex_monitor_resumes_total')).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_resets_total', { reason: 'epoch' })).toBe(1);
  });

  it('count connections by kind and protocol, and closes by code', async () => {
    const { counters } = module.get(ConnectionRegistry);
    for (const kind of ['legacy', 'batch', 'sse'] as const) counters.countOpened(kind);
    counters.countClosed('sse', FINISHED);
    counters.countClosed('batch', ABNORMAL);
    counters.countClosed('legacy', undefined);
    counters.countOpened('batch');
    const text = await scrape();
    const v2 = { kind: 'websocket', protocol: 'recodex.v2' };
    expect(sampleValue(text, 'recodex_monitor_connections', v2)).toBe(1);
    expect(sampleValue(text, 'recodex_monitor_opened_connections_total', v2)).toBe(2);
    const closed = parseExposition(text).get('recodex_monitor_closed_connections_total')!;
    expect(closed.samples.map(({ labels }) => labels)).toEqual([
      { code: '1000', reason: 'finished' },
      { code: '1006', reason: '' },
      { code: 'none', reason: 'client' },
    ]);
  });

  it('follow the message source', async () => {
    source.status = { endpoint: 'memory', peers: 2 };
    expect(sampleValue(await scrape(), 'recodex_monitor_broker_peers')).toBe(2);
    source.status = { endpoint: null, peers: 0 };
    expect(sampleValue(await scrape(), 'recodex_monitor_broker_listening')).toBe(0);
  });
});

/** Gives every metric a sample, with ids that begin with `secret`. */
function useEverything(): void {
  send('secret-job', 'STARTED', 'SECRET-secret', 'FINISHED');
  channels.subscribe('secret-job', new RecordingSink(), { epoch: 'secret', seq: 1 });
  channels.flush();
  const { counters } = module.get(ConnectionRegistry);
  counters.countOpened('sse');
  counters.countClosed('sse', FINISHED);
}

function send(channelId: string, ...commands: string[]): void {
  for (const command of commands)
    source.sink!.message({ channelId, command, taskId: 'secret-task' }, performance.now());
}

function scrape(): Promise<string> {
  return module.get(MetricsService).text();
}

async function seriesCount(): Promise<number> {
  const metrics = [...parseExposition(await scrape())].filter(([name]) =>
    name.startsWith('recodex_monitor_'),
  );
  return metrics.reduce((sum, [, { samples }]) => sum + samples.length, 0);
}

function messagesOf(text: string, command: string): number | undefined {
  return sampleValue(text, 'recodex_monitor_messages_total', { command });
}

async function states(): Promise<Record<string, number>> {
  const { samples } = parseExposition(await scrape()).get('recodex_monitor_channels')!;
  return Object.fromEntries(samples.map(({ labels, value }) => [labels.state!, value]));
}
