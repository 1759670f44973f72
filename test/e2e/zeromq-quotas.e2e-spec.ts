import { describe, expect, it, vi } from 'vitest';
import { BrokerService } from '../../src/broker/broker.service.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { SettingsStore } from '../../src/config/settings.store.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const OFF = defaultSettings().zeromq.quotas;
const FLOOD = 5000;
const monitors = useMonitors();

function quotas(changed: Partial<Settings['zeromq']['quotas']>): { zeromq: Settings['zeromq'] } {
  return { zeromq: { ...defaultSettings().zeromq, quotas: { ...OFF, ...changed } } };
}

describe('zeromq.quotas', () => {
  it('lets all messages of a sender through while another one floods its own channel', async () => {
    const running = await monitors.start(quotas({ messages_per_second: 500 }));
    const other = await running.connectBroker();
    const { counters } = running.monitor.app.get(BrokerService);
    const flood = (async () => {
      for (let i = 0; i < FLOOD; i++) await running.broker.send('flood', 'TASK', String(i), 'COMPLETED');
    })();
    for (let i = 0; i < 100; i++) await other.send('job', 'TASK', String(i), 'COMPLETED');
    await other.send('job', 'FINISHED');
    await flood;
    await running.untilSummary('job', { messages: 101, state: 'finished' });
    await vi.waitFor(() => expect(counters.received).toBeGreaterThanOrEqual(FLOOD + 101));
    expect(counters.rejected.sender_rate).toBeGreaterThan(0);
    expect(running.summary('flood')!.messages).toBeLessThan(FLOOD);
  });

  it('keeps the channels of a sender while another one opens channels without end', async () => {
    const running = await monitors.start({
      ...quotas({ channels: 50 }),
      limits: { ...defaultSettings().limits, channels: 100 },
    });
    const other = await running.connectBroker();
    for (let i = 0; i < 20; i++) await other.send(`job-${i}`, 'STARTED');
    await running.untilSummary('job-19', { messages: 1 });
    for (let i = 0; i < 1000; i++) await running.broker.send(`flood-${i}`, 'STARTED');
    const { counters } = running.monitor.app.get(BrokerService);
    // Each FakeBroker has sent one message with a single frame, to find the monitor.
    await vi.waitFor(() => expect(counters.received).toBe(1022));
    expect(counters.rejected.sender_channels).toBe(950);
    for (let i = 0; i < 20; i++) expect(running.summary(`job-${i}`)?.messages).toBe(1);
  });

  it('bounds the memory that one sender can fill, and still ends its jobs', async () => {
    const running = await monitors.start(quotas({ bytes: 200_000 }));
    const text = 'x'.repeat(10_000);
    await running.broker.send('job', 'STARTED');
    for (let i = 0; i < 100; i++) await running.broker.send('job', 'TASK', text, 'COMPLETED');
    await running.broker.send('job', 'FINISHED');
    await running.untilSummary('job', { state: 'finished' });
    expect(running.monitor.app.get(ChannelsService).size.bytes).toBeLessThan(250_000);
    expect(running.monitor.app.get(BrokerService).counters.rejected.sender_bytes).toBeGreaterThan(50);
  });

  it('changes with a reload', async () => {
    const running = await monitors.start();
    const service = running.monitor.app.get(BrokerService);
    await running.broker.send('first', 'STARTED');
    await running.untilSummary('first', { messages: 1 });
    const { zeromq } = running.monitor.app.get(SettingsStore).settings;
    zeromq.quotas.channels = 1;
    service.reload();
    await vi.waitFor(async () => {
      await running.broker.send('second', 'STARTED');
      await running.broker.send('third', 'STARTED');
      expect(service.counters.rejected.sender_channels).toBeGreaterThan(0);
    });
  });
});
