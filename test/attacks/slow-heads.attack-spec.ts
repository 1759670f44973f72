import { afterEach, expect, it } from 'vitest';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Without the limits, 9,000 timeouts at once take 2.5 s. */
const LATENCY = 1000;

const CONNECTIONS = 9000;

/** Seconds after which the body of a request must have arrived, and some for the check. */
const BODY_TIMEOUT = 30 + 6;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('thousands of unfinished request heads time out and delay no other client', async () => {
  daemon = await Daemon.start();
  const healthy = await HealthyClient.start(daemon);
  const sockets = daemon.openSockets;
  const attacker = new Attacker({
    port: daemon.publicPort,
    connections: CONNECTIONS,
    seconds: 16,
    first: 'GET / HTTP/1.1\r\nHost: x\r\n',
  });
  const { answers, stillOpen } = await attacker.outcome;
  expect(answers['408']).toBe(CONNECTIONS);
  expect(stillOpen).toBe(0);
  await daemon.socketsFallTo(sockets, 10);
  const { sent, received, max } = await healthy.stop();
  expect(received).toBe(sent);
  expect(max).toBeLessThan(LATENCY);
});

it.each([
  ['public', 2000, 'POST / HTTP/1.1\r\nHost: x\r\n'],
  ['admin', 400, 'POST /channels/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'],
] as const)(
  'unfinished request bodies time out, so that they hold no connection: %s listener',
  async (listener, connections, head) => {
    daemon = await Daemon.start();
    const healthy = await HealthyClient.start(daemon);
    const sockets = daemon.openSockets;
    const attacker = new Attacker({
      port: listener === 'public' ? daemon.publicPort : daemon.adminPort,
      connections,
      seconds: BODY_TIMEOUT,
      first: `${head}Content-Length: 1000\r\n\r\n{`,
    });
    const { opened, stillOpen } = await attacker.outcome;
    expect([opened, stillOpen]).toEqual([connections, 0]);
    await daemon.socketsFallTo(sockets, 10);
    const { sent, received, max } = await healthy.stop();
    expect(received).toBe(sent);
    expect(max).toBeLessThan(LATENCY);
  },
);
