import { afterEach, expect, it } from 'vitest';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Without the limits, 9,000 timeouts at once take 2.5 s. */
const LATENCY = 1000;

const CONNECTIONS = 9000;

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
