import { afterEach, expect, it } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { Attacker, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

const CHANNELS = 100_000;
const MESSAGES_EACH = 3;
const LONG_CHANNEL = 1_000_000;
const STALLED = 500;
const HEAP_MIB = 512;
/** Messages outside the heap, buffers of sockets, and the code. */
const RESIDENT_MIB = 900;
const TIMEOUT = 300_000;

const STREAM = 'GET /channels/long HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n';

const directory = useTemporaryDirectory();
let daemon: Daemon;
const attackers: Attacker[] = [];

afterEach(() => {
  for (const attacker of attackers.splice(0)) attacker.end();
  daemon.kill();
});

it(
  'all limits are reached at the same time, and a healthy client loses nothing',
  { timeout: TIMEOUT },
  async () => {
    daemon = await Daemon.start({
      heapMiB: HEAP_MIB,
      settings: {
        LIMITS_CHANNEL_MESSAGES: String(LONG_CHANNEL),
        LIMITS_CHANNEL_BYTES: String(2 ** 28),
        LIMITS_LAG: '5',
        JOURNAL_PATH: directory.file('journal'),
      },
    });
    const sockets = daemon.openSockets;
    const healthy = await HealthyClient.start(daemon);
    for (const first of [STREAM, upgradeRequest('/channels/long')]) {
      const attack = {
        port: daemon.publicPort,
        connections: STALLED,
        seconds: 1,
        reads: false,
        leaves: false,
      };
      const attacker = new Attacker({ ...attack, first });
      attackers.push(attacker);
      await attacker.outcome;
    }
    let highest = 0;
    const watch = setInterval(() => (highest = Math.max(highest, daemon.residentMiB)), 100);
    await Promise.all([fillLongChannel(), fillChannels()]);
    await daemon.socketsFallTo(sockets + 2, 60);
    clearInterval(watch);
    const { sent, received } = await healthy.stop();
    expect(received).toBe(sent);
    expect(highest).toBeLessThan(RESIDENT_MIB);
    // More than limits.total_bytes came: channels without clients gave way, the long one stays. The log says so.
    const { evicted_channels_total, retained_bytes, retained_messages, journal_failures_total, ...others } =
      await daemon.metrics();
    expect(evicted_channels_total).toBeGreaterThan(0);
    expect(retained_bytes).toBeLessThanOrEqual(others['retained_bytes_limit']!);
    expect(retained_messages).toBeGreaterThanOrEqual(LONG_CHANNEL);
    expect(others['closed_connections_total{code="1013",reason="slow"}']).toBe(2 * STALLED);
    expect(journal_failures_total).toBe(0);
    expect(daemon.output).toContain(
      'Evicted a channel to stay within limits.channels and limits.total_bytes',
    );
    expect(await daemon.stop()).toBe(0);
  },
);

async function fillLongChannel(): Promise<void> {
  const broker = await FakeBroker.connect(daemon.zeromq);
  for (let i = 0; i < LONG_CHANNEL; i++) await broker.send('long', 'TASK', `task-${i}`, 'COMPLETED');
  broker.close();
}

async function fillChannels(): Promise<void> {
  const broker = await FakeBroker.connect(daemon.zeromq);
  for (let i = 0; i < CHANNELS; i++) {
    for (let task = 0; task < MESSAGES_EACH; task++)
      await broker.send(`3c9a6f0e-8a60-4c5e-9f5e-${i}`, 'TASK', `task-${task}`, 'COMPLETED');
  }
  broker.close();
}
