import { connect } from 'node:net';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Dealer } from 'zeromq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { largestBatch } from '../../src/broker/message-batch.js';
import { BrokerService, EXIT_REQUESTED, ROUTING_ID } from '../../src/broker/broker.service.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { FakeBroker, startMonitor, TestClient, type Monitor } from '../fixtures/monitor.js';

/** What lies between the threads: written and read bytes first in the header. */
interface Memory {
  readonly header: Int32Array;
  readonly bytes: Buffer;
}

let monitor: Monitor;
let broker: FakeBroker;

beforeEach(async () => {
  monitor = await startMonitor();
  broker = await FakeBroker.connect(monitor.endpoint);
});

afterEach(async () => {
  broker.close();
  await monitor.close();
});

describe('the ROUTER', () => {
  it('takes a DEALER in the place of the broker', async () => {
    const dealer = new Dealer({ linger: 1000 });
    dealer.connect(monitor.endpoint);
    await dealer.send(['job', 'FINISHED']);
    await shown('job', 1);
    dealer.close();
  });

  it('counts bad messages by reason, skips them, and shows the next job', async () => {
    const { skipped } = monitor.app.get(BrokerService);
    const before = { ...skipped };
    await broker.send();
    await broker.send('job');
    await broker.send('', 'STARTED');
    await broker.send('x'.repeat(2000), 'STARTED');
    await broker.send('job', Buffer.from([0xff]));
    await broker.send('job', 'TASK', Buffer.alloc(16 * 1024 * 1024));
    for (let i = 0; i < 1000; i++) await broker.send(Buffer.from([0x80, i & 255]), Buffer.from([0xfe]));
    await broker.send('0', 'exit');
    await broker.send('job', 'FINISHED');
    await shown('job', 1);
    expect(skipped).toEqual({
      too_few_frames: before.too_few_frames + 2,
      empty_channel_id: 1,
      channel_id_too_long: 1,
      message_too_long: 1,
      not_utf8: 1001,
      remote_exit: 1,
    });
  });

  it('survives bytes that are no ZMTP', async () => {
    const { hostname, port } = new URL(monitor.endpoint);
    const stranger = connect(Number(port), hostname, () => stranger.write(greeting()));
    await new Promise((resolve) =>
      stranger
        .on('close', resolve)
        .on('error', () => {})
        .resume(),
    );
    await broker.send('job', 'FINISHED');
    await shown('job', 1);
    await vi.waitFor(() => expect(monitor.app.get(BrokerService).peers).toBe(1));
  });

  it('knows how many brokers are connected', async () => {
    const service = monitor.app.get(BrokerService);
    await vi.waitFor(() => expect(service.peers).toBe(1));
    const second = await FakeBroker.connect(monitor.endpoint);
    await vi.waitFor(() => expect(service.peers).toBe(2));
    second.close();
    await vi.waitFor(() => expect(service.peers).toBe(1));
  });

  it('loses nothing and keeps the order in a burst', async () => {
    for (let i = 0; i < 20_000; i++) await broker.send('burst', 'TASK', String(i), 'COMPLETED');
    await broker.send('burst', 'FINISHED');
    const client = new TestClient(monitor.ws, { firstMessage: 'burst' });
    await client.closed;
    expect(client.frames).toHaveLength(20_001);
    const tasks = client.frames
      .slice(0, -1)
      .map((frame) => (JSON.parse(frame) as { task_id: string }).task_id);
    expect(tasks).toEqual(tasks.map((_, i) => String(i)));
  });

  it('loses nothing when more comes than lies between the threads', async () => {
    const other = await startMonitor({ limits: { message_bytes: 1000 } });
    const source = await FakeBroker.connect(other.endpoint);
    const text = 'x'.repeat(900);
    for (let i = 0; i < 2000; i++) await source.send('large', 'TASK', `${i} ${text}`);
    // While this thread waits for the other's writing, nobody reads.
    const { header, bytes } = other.app.get(BrokerService)['receiver']!['ring'] as unknown as Memory;
    const free = (): number => bytes.length - ((Atomics.load(header, 0) - Atomics.load(header, 1)) >>> 0);
    const room = 2 * largestBatch({ message_bytes: 1000 });
    while (free() > room && Atomics.wait(header, 0, Atomics.load(header, 0), 5000) !== 'timed-out');
    expect(free()).toBeLessThanOrEqual(room);
    await source.send('large', 'FINISHED');
    const client = new TestClient(other.ws, { firstMessage: 'large' });
    await client.closed;
    expect(client.frames.slice(0, -1).map((frame) => parseInt(frame.split('"task_id": "')[1]!))).toEqual(
      Array.from({ length: 2000 }, (_, i) => i),
    );
    source.close();
    await other.close();
  });

  it('is opened again when its thread breaks', async () => {
    const service = monitor.app.get(BrokerService);
    const { endpoint } = service;
    service['receiver']!['thread'].postMessage('close');
    await vi.waitFor(() => expect(service.endpoint).toBeNull());
    await vi.waitFor(() => expect(service.endpoint).not.toBeNull(), 5000);
    expect(service.endpoint).not.toBe(endpoint);
    const second = await FakeBroker.connect(service.endpoint!);
    await second.send('job', 'FINISHED');
    await shown('job', 1);
    second.close();
  });

  it('is bound under the routing id that the broker knows', () => {
    expect(ROUTING_ID).toBe('recodex-monitor');
    expect(monitor.endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('["0", "exit"]', () => {
  it('asks for an exit when zeromq.remote_exit allows it', async () => {
    const other = await startMonitor({ zeromq: { remote_exit: true } });
    const asked = new Promise((resolve) =>
      other.app.get(EventEmitter2).once(EXIT_REQUESTED, resolve as () => void),
    );
    const source = await FakeBroker.connect(other.endpoint);
    await source.send('0', 'exit');
    await expect(asked).resolves.toBeUndefined();
    source.close();
    await other.close();
  });
});

async function shown(id: string, messages: number): Promise<void> {
  await vi.waitFor(() => expect(monitor.app.get(ChannelsService).summary(id)?.messages).toBe(messages));
}

/** A ZMTP 3 greeting that asks for a mechanism nobody has (ZMTP 3.1, section 3.4). */
function greeting(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
  bytes.write('NOBODY', 12);
  return bytes;
}
