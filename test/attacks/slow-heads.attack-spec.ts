import { afterEach, expect, it } from 'vitest';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyWatcher } from './healthy-watcher.js';

/** Milliseconds; without the bounds 9,000 heads that time out together stall everybody for 2.5 s. */
const LATENCY = 1000;

const CONNECTIONS = 9000;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('thousands of request heads that never end time out without delaying anybody', async () => {
  daemon = await Daemon.start();
  const watcher = await HealthyWatcher.start(daemon);
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
  const { sent, received, max } = await watcher.stop();
  expect(received).toBe(sent);
  expect(max).toBeLessThan(LATENCY);
});
