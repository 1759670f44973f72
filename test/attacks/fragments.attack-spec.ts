import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Attacker, clientFrame, CONTINUATION, TEXT, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Without the limits it is several seconds or unbounded. */
const LATENCY = 1000;

const CLIENTS = 900;

const OPENING = clientFrame(TEXT, 'a', { fin: false });
const MIDDLE = clientFrame(CONTINUATION, 'b', { fin: false });
/** The header of a frame with 4,000 bytes. */
const LONG_FRAME = '\x81\xfe\x0f\xa0\0\0\0\0';

let daemon: Daemon;

beforeEach(async () => {
  daemon = await Daemon.start({ heapMiB: 128 });
});
afterEach(() => daemon.kill());

describe('a message that never ends', () => {
  it.each([
    ['in thousands of fragments', OPENING + MIDDLE.repeat(4000), ''],
    ['in the highest permitted number of fragments', OPENING + MIDDLE.repeat(63), ''],
    [
      'in empty fragments',
      clientFrame(TEXT, '', { fin: false }),
      clientFrame(CONTINUATION, '', { fin: false }),
    ],
    ['in a frame that is sent byte by byte', LONG_FRAME, 'x'],
  ])('holds no memory and delays no other client: %s', async (_, first, flood) => {
    const memory = daemon.residentMiB;
    const healthy = await HealthyClient.start(daemon);
    const sockets = daemon.openSockets;
    const attacker = new Attacker({
      port: daemon.publicPort,
      connections: CLIENTS,
      seconds: 4,
      first: upgradeRequest() + first,
      flood,
      reads: false,
    });
    expect((await attacker.outcome).opened).toBe(CLIENTS);
    await daemon.socketsFallTo(sockets, 10);
    const { sent, received, p99 } = await healthy.stop();
    expect(received).toBe(sent);
    expect(p99).toBeLessThan(LATENCY);
    expect(daemon.residentMiB).toBeLessThan(memory + 100);
    expect(await daemon.stop()).toBe(0);
  });
});
