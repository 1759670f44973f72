import { describe, expect, it } from 'vitest';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const FAILED = '{"command": "FAILED"}';
const FINISHED = '{"command": "FINISHED"}';

const monitors = useMonitors();

describe('with legacy.farewell', () => {
  it('a legacy client gets FINISHED and 1000 after a FAILED without FINISHED, also when it connects later', async () => {
    const running = await start();
    const client = running.connectLegacy('j');
    await running.broker.send('j', 'FAILED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual([FAILED, FINISHED]);
    const late = running.connectLegacy('j');
    expect(await late.closed).toEqual({ code: 1000, reason: '' });
    expect(late.frames).toEqual([FAILED, FINISHED]);
  });

  it('a legacy client gets FINISHED once when FINISHED follows', async () => {
    const running = await start();
    const client = running.connectLegacy('j');
    await running.broker.send('j', 'FAILED');
    await running.broker.send('j', 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual([FAILED, FINISHED]);
  });

  it('a legacy client gets FINISHED when its channel is closed after retention.idle, and a stream gets 1000 idle', async () => {
    const running = await start({ idle: 0.3 });
    const client = running.connectLegacy('j');
    const stream = running.connect('/channels/j');
    await running.untilSummary('j', { subscribers: 2 });
    await running.broker.send('j', 'STARTED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual(['{"command": "STARTED"}', FINISHED]);
    expect(await stream.closed).toEqual({ code: 1000, reason: 'idle' });
    expect(stream.frames).toHaveLength(1);
  });

  it('a legacy client gets no FINISHED when it is closed for a restart', async () => {
    const running = await start();
    const client = running.connectLegacy('j');
    await running.broker.send('j', 'STARTED');
    await client.received(1);
    await running.monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.frames).toEqual(['{"command": "STARTED"}']);
  });
});

function start(retention = {}): Promise<RunningMonitor> {
  return monitors.start({ legacy: { farewell: true, farewell_after: 0.1 }, retention });
}
