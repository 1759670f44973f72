import { connect } from 'node:net';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Dealer } from 'zeromq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { EXIT_REQUESTED } from '../../src/messages/broker-events.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';

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
  it('accepts a DEALER in the place of the broker', async () => {
    const dealer = new Dealer({ linger: 1000 });
    dealer.connect(monitor.endpoint);
    await dealer.send(['job', 'FINISHED']);
    await shown('job', 1);
    dealer.close();
  });

  it('rejects bad messages, counts them by reason, and shows the next job', async () => {
    const { counters } = monitor.app.get(BrokerService);
    const before = counters.rejected.too_few_frames;
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
    expect(counters.rejected).toEqual({
      too_few_frames: before + 2,
      empty_channel_id: 1,
      channel_id_too_long: 1,
      message_too_long: 1,
      not_utf8: 1001,
    });
    expect(counters.exitRequestsIgnored).toBe(1);
  });

  it('survives a peer that does not speak ZMTP', async () => {
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
    await vi.waitFor(() => expect(monitor.source.status.peers).toBe(1));
  });

  it('knows how many brokers are connected', async () => {
    const peersBecome = (count: number): Promise<void> =>
      vi.waitFor(() => expect(monitor.source.status.peers).toBe(count));
    await peersBecome(1);
    const second = await FakeBroker.connect(monitor.endpoint);
    await peersBecome(2);
    second.close();
    await peersBecome(1);
  });

  it('loses no message and keeps the order in a burst', async () => {
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
});

describe('["0", "exit"]', () => {
  it('emits an exit request when zeromq.remote_exit allows it', async () => {
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

/** A ZMTP 3 greeting with a security mechanism that does not exist (ZMTP 3.1, section 3.4). */
function greeting(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
  bytes.write('NOBODY', 12);
  return bytes;
}
