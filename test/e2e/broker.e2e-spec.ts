import { EventEmitter2 } from '@nestjs/event-emitter';
import { Dealer } from 'zeromq';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { EXIT_REQUESTED } from '../../src/messages/broker-events.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { readToClose, sendRaw } from '../fixtures/raw-http.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const monitors = useMonitors();
let running: RunningMonitor;

beforeEach(async () => {
  running = await monitors.start();
});

describe('the ROUTER', () => {
  it('accepts messages of a DEALER', async () => {
    const dealer = new Dealer({ linger: 1000 });
    dealer.connect(running.monitor.endpoint);
    await dealer.send(['job', 'FINISHED']);
    await vi.waitFor(() => expect(running.summary('job')?.messages).toBe(1));
    dealer.close();
  });

  it('rejects invalid messages, counts them by reason, and relays the next job', async () => {
    const { counters } = running.monitor.app.get(BrokerService);
    const before = counters.rejected.too_few_frames;
    await running.broker.send();
    await running.broker.send('job');
    await running.broker.send('', 'STARTED');
    await running.broker.send('x'.repeat(2000), 'STARTED');
    await running.broker.send('job', Buffer.from([0xff]));
    await running.broker.send('job', 'TASK', Buffer.alloc(16 * 1024 * 1024));
    for (let i = 0; i < 1000; i++)
      await running.broker.send(Buffer.from([0x80, i & 255]), Buffer.from([0xfe]));
    await running.broker.send('0', 'exit');
    await running.broker.send('job', 'FINISHED');
    await running.untilSummary('job', { messages: 1 });
    expect(counters.rejected).toEqual({
      too_few_frames: before + 2,
      empty_channel_id: 1,
      channel_id_too_long: 1,
      message_too_long: 1,
      not_utf8: 1001,
      sender_rate: 0,
      sender_channels: 0,
      sender_bytes: 0,
    });
    expect(counters.exitRequestsIgnored).toBe(1);
  });

  it('accepts messages after a peer has used an unknown security mechanism', async () => {
    await readToClose(sendRaw(running.monitor.endpoint, greeting()));
    await running.broker.send('job', 'FINISHED');
    await running.untilSummary('job', { messages: 1 });
    await vi.waitFor(() => expect(running.monitor.source.status.peers).toBe(1));
  });

  it('counts the connected brokers', async () => {
    const peersBecome = (count: number): Promise<void> =>
      vi.waitFor(() => expect(running.monitor.source.status.peers).toBe(count));
    await peersBecome(1);
    const second = await FakeBroker.connect(running.monitor.endpoint);
    await peersBecome(2);
    second.close();
    await peersBecome(1);
  });

  it('loses no message and keeps the order in a burst', async () => {
    for (let i = 0; i < 20_000; i++) await running.broker.send('burst', 'TASK', String(i), 'COMPLETED');
    await running.broker.send('burst', 'FINISHED');
    const client = running.connectLegacy('burst');
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
    const { monitor, broker } = await monitors.start({ zeromq: { remote_exit: true } });
    const requested = new Promise((resolve) =>
      monitor.app.get(EventEmitter2).once(EXIT_REQUESTED, resolve as () => void),
    );
    await broker.send('0', 'exit');
    await expect(requested).resolves.toBeUndefined();
  });
});

/** A ZMTP 3 greeting with a security mechanism that does not exist (ZMTP 3.1, section 3.4). */
function greeting(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
  bytes.write('NOBODY', 12);
  return bytes;
}
