import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { TestClient } from '../fixtures/test-client.js';

const FAILED = '{"command": "FAILED"}';
const FINISHED = '{"command": "FINISHED"}';

let monitor: Monitor;
let broker: FakeBroker;

beforeEach(() => start());

afterEach(() => stop());

describe('with legacy.farewell', () => {
  it('a legacy client gets FINISHED and 1000 after a lone FAILED, also one that comes later', async () => {
    const client = new TestClient(monitor.ws, { firstMessage: 'j' });
    await broker.send('j', 'FAILED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual([FAILED, FINISHED]);
    const late = new TestClient(monitor.ws, { firstMessage: 'j' });
    expect(await late.closed).toEqual({ code: 1000, reason: '' });
    expect(late.frames).toEqual([FAILED, FINISHED]);
  });

  it('a legacy client gets FINISHED once when FINISHED follows', async () => {
    const client = new TestClient(monitor.ws, { firstMessage: 'j' });
    await broker.send('j', 'FAILED');
    await broker.send('j', 'FINISHED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual([FAILED, FINISHED]);
  });

  it('a legacy client gets FINISHED when its job is given up for retention.idle; a stream gets 1000 idle', async () => {
    await stop();
    await start({ idle: 0.3 });
    const client = new TestClient(monitor.ws, { firstMessage: 'j' });
    const stream = new TestClient(`${monitor.ws}/channels/j`);
    const subscribers = () => monitor.app.get(ChannelsService).summary('j')?.subscribers;
    await vi.waitFor(() => expect(subscribers()).toBe(2));
    await broker.send('j', 'STARTED');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.frames).toEqual(['{"command": "STARTED"}', FINISHED]);
    expect(await stream.closed).toEqual({ code: 1000, reason: 'idle' });
    expect(stream.frames).toHaveLength(1);
  });

  it('a legacy client that is sent away at a restart gets none', async () => {
    const client = new TestClient(monitor.ws, { firstMessage: 'j' });
    await broker.send('j', 'STARTED');
    await client.received(1);
    await monitor.close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(client.frames).toEqual(['{"command": "STARTED"}']);
  });
});

async function start(retention = {}): Promise<void> {
  monitor = await startMonitor({ legacy: { farewell: true, farewell_after: 0.1 }, retention });
  broker = await FakeBroker.connect(monitor.endpoint);
}

async function stop(): Promise<void> {
  broker.close();
  await monitor.close();
}
