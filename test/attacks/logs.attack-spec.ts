import { afterEach, expect, it, vi } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { TestClient } from '../fixtures/test-client.js';
import { SseClient } from '../fixtures/sse-client.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Without the limits it is several seconds or unbounded. */
const LATENCY = 1000;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('a burst into a full log reaches all its clients, and delays no other channel', async () => {
  const messages = 10_000;
  daemon = await Daemon.start({ settings: { LIMITS_CHANNEL_MESSAGES: '500' } });
  const broker = await FakeBroker.connect(daemon.zeromq);
  for (let i = 0; i < 500; i++) await broker.send('full', 'TASK', `before ${i}`, 'COMPLETED');
  const readers = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const reader = new TestClient(daemon.ws, { firstMessage: 'full' });
      await reader.received(500);
      return reader;
    }),
  );
  const healthy = await HealthyClient.start(daemon);
  for (let i = 0; i < messages; i++) await broker.send('full', 'TASK', String(i), 'COMPLETED');
  for (const reader of readers) {
    const frames = await reader.received(500 + messages);
    const last = frames.slice(500).map((frame) => (JSON.parse(frame) as { task_id: string }).task_id);
    expect(last).toEqual(Array.from({ length: messages }, (_, i) => String(i)));
  }
  const { sent, received, p99 } = await healthy.stop();
  expect(received).toBe(sent);
  expect(p99).toBeLessThan(LATENCY);
  broker.close();
  expect(await daemon.stop()).toBe(0);
});

it('a flood of small channels stays within limits.total_bytes, and removes no channel with a client', async () => {
  daemon = await Daemon.start({
    settings: { LIMITS_TOTAL_BYTES: String(16 * 1024 * 1024), LIMITS_CHANNEL_BYTES: '1048576' },
  });
  const healthy = await HealthyClient.start(daemon);
  const broker = await FakeBroker.connect(daemon.zeromq);
  const before = daemon.residentMiB;
  for (let i = 0; i < 100_000; i++) await broker.send(`flood ${i}`, 'STARTED');
  const last = () => summary('flood 99999');
  await vi.waitFor(async () => expect(await last()).toMatchObject({ messages: 1 }), { timeout: 20_000 });
  // 100,000 channels would take 300 MiB. V8 and the ROUTER need some memory for temporary objects.
  expect(daemon.residentMiB - before).toBeLessThan(150);
  expect(daemon.output).toContain('limits.total_bytes');
  expect(await summary('flood 0')).toBeUndefined();
  const { sent, received, p99 } = await healthy.stop();
  expect(received).toBe(sent);
  expect(p99).toBeLessThan(LATENCY);
  broker.close();
});

it('many event streams remove no channel, because cached encodings are dropped first', async () => {
  const channels = 200;
  daemon = await Daemon.start({
    settings: {
      LIMITS_TOTAL_BYTES: String(4 * 1024 * 1024),
      LIMITS_CHANNEL_BYTES: '1048576',
      LIMITS_ENCODED_BYTES: '65536',
    },
  });
  const broker = await FakeBroker.connect(daemon.zeromq);
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0; i < 60; i++) await broker.send(`job ${channel}`, 'TASK', `compile ${i}`, 'COMPLETED');
  const streams = [];
  for (let channel = 0; channel < channels; channel++) {
    const stream = await SseClient.open(`${daemon.http}/channels/job%20${channel}`);
    await stream.received(60);
    streams.push(stream);
  }
  for (let channel = 0; channel < channels; channel++)
    expect(await summary(`job ${channel}`)).toMatchObject({ messages: 60, subscribers: 1 });
  expect(await daemon.stop()).toBe(0);
  broker.close();
});

async function summary(id: string): Promise<object | undefined> {
  const response = await fetch(`${daemon.http}/channels/${encodeURIComponent(id)}`, {
    headers: { Accept: 'application/json' },
  });
  return response.ok ? ((await response.json()) as object) : undefined;
}
