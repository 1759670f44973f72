import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerCounters } from '../../src/broker/broker-counters.js';
import { largestBatch } from '../../src/broker/message-batch.js';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';
import type { RouterWorkerData } from '../../src/broker/worker-protocol.js';
import { ROUTING_ID, ZeromqSource } from '../../src/broker/zeromq-source.js';
import { defaultSettings } from '../../src/config/settings.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { RecordedMessages } from '../fixtures/recorded-messages.js';

const MESSAGE_BYTES = 1000;
const STOPPED = { endpoint: null, peers: 0 };

/** What the main thread posts to the worker thread. */
const posted = vi.spyOn(Worker.prototype, 'postMessage');
let counters: BrokerCounters;
let received: RecordedMessages;
let source: ZeromqSource;

function createSource(port = 0): ZeromqSource {
  const settings = defaultSettings();
  settings.zeromq_uri = { host: '127.0.0.1', port };
  settings.limits.message_bytes = MESSAGE_BYTES;
  return new ZeromqSource(settings, settings.zeromq, settings.limits, settings.retention, counters);
}

async function connectBroker(): Promise<FakeBroker> {
  return FakeBroker.connect(source.status.endpoint!);
}

/** Resolves when the last message of a broker has this command. */
async function receives(command: string): Promise<void> {
  await vi.waitFor(() => expect(received.all.at(-1)).toMatchObject({ command }));
}

beforeEach(() => {
  posted.mockClear();
  counters = new BrokerCounters();
  received = new RecordedMessages();
  source = createSource();
});

afterEach(() => source.stop());

describe('the start of a ZeromqSource', () => {
  it('resolves when the ROUTER is bound, under the routing id that the broker knows', async () => {
    expect(source.status).toEqual(STOPPED);
    await source.start(received);
    expect(ROUTING_ID).toBe('recodex-monitor');
    expect(source.status.endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  });

  it('rejects with the key and the address when the address is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await source.stop();
    source = createSource(port);
    await expect(source.start(received)).rejects.toThrow(`zeromq_uri: cannot listen on 127.0.0.1:${port}`);
    expect(source.status).toEqual(STOPPED);
    server.close();
  });

  it('rejects after the stop', async () => {
    await source.stop();
    await expect(source.start(received)).rejects.toThrow('stopping');
    expect(source.status).toEqual(STOPPED);
  });

  it('rejects when the stop interrupts it', async () => {
    const failure = source.start(received).catch((error: Error) => error.message);
    // The thread has its options, and the source has read no event of the thread.
    await new Promise((resolve) => process.nextTick(resolve));
    expect(posted).toHaveBeenCalledOnce();
    await source.stop();
    expect(await failure).toContain('zeromq_uri');
    expect(source.status).toEqual(STOPPED);
  });
});

describe('a ZeromqSource', () => {
  it('keeps its messages in order while the ring buffer is full', async () => {
    await source.start(received);
    const broker = await connectBroker();
    const { memory } = posted.mock.calls[0]![0] as RouterWorkerData;
    const text = 'x'.repeat(0.9 * MESSAGE_BYTES);
    for (let i = 0; i < 2000; i++) await broker.send('job', 'TASK', `${i} ${text}`);
    blockUntilFull(new SharedRingBuffer(memory));
    await broker.send('job', 'FINISHED');
    await receives('FINISHED');
    const sent = Array.from({ length: 2000 }, (_, i) => `${i} ${text}`);
    const tasks = received.all.flatMap((item) =>
      typeof item === 'object' && item.taskId !== undefined ? [item.taskId] : [],
    );
    expect(tasks).toEqual(sent);
    broker.close();
  });

  it('counts the brokers that have connected', async () => {
    await source.start(received);
    for (const connected of [1, 2]) {
      const broker = await connectBroker();
      await vi.waitFor(() => expect(source.status.peers).toBe(1));
      expect(counters.peersConnected).toBe(connected);
      broker.close();
      await vi.waitFor(() => expect(source.status.peers).toBe(0));
    }
  });

  it('reopens the ROUTER when its thread ends', async () => {
    await source.start(received);
    const { endpoint } = source.status;
    const thread = posted.mock.contexts[0] as Worker;
    thread.postMessage('close');
    await vi.waitFor(() => expect(source.status).toEqual(STOPPED));
    await vi.waitFor(() => expect(source.status.endpoint).not.toBeNull(), 5000);
    expect(source.status.endpoint).not.toBe(endpoint);
    expect(counters.workerRestarts).toBe(1);
    const broker = await connectBroker();
    await broker.send('job', 'FINISHED');
    await receives('FINISHED');
    broker.close();
  });
});

describe('the stop of a ZeromqSource', () => {
  it('runs once and frees the address', async () => {
    await source.start(received);
    const port = Number(new URL(source.status.endpoint!).port);
    const stopped = source.stop();
    expect(source.stop()).toBe(stopped);
    await stopped;
    expect(source.status).toEqual(STOPPED);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  it('first delivers all received messages', async () => {
    await source.start(received);
    const broker = await connectBroker();
    for (let i = 0; i < 500; i++) await broker.send('job', 'TASK', String(i), 'COMPLETED');
    await receives('TASK');
    await source.stop();
    expect(received.all.at(-1)).toMatchObject({ taskId: '499' });
    broker.close();
  });
});

/** Blocks this thread, the reader of the ring buffer, until the buffer has no space for another batch. */
function blockUntilFull(ring: SharedRingBuffer): void {
  const batch = 2 * largestBatch({ message_bytes: MESSAGE_BYTES });
  const end = performance.now() + 5000;
  while (ring.free > batch && performance.now() < end) ring.blockUntilClosed(1);
  expect(ring.free).toBeLessThanOrEqual(batch);
}
