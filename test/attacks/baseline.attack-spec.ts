import { afterEach, expect, it } from 'vitest';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyWatcher } from './healthy-watcher.js';

let daemon: Daemon;

afterEach(() => daemon.kill());

// What the other attacks are measured against.
it('a healthy watcher loses nothing and waits for nothing while others only ask', async () => {
  daemon = await Daemon.start();
  const watcher = await HealthyWatcher.start(daemon);
  const sockets = daemon.openSockets;
  const attacker = new Attacker({
    port: daemon.publicPort,
    connections: 10,
    seconds: 1,
    first: 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n',
  });
  expect(await attacker.outcome).toMatchObject({ opened: 10, answers: { 200: 10 } });
  await daemon.socketsFallTo(sockets, 10);
  const { sent, received, p99 } = await watcher.stop();
  expect(received).toBe(sent);
  expect(p99).toBeLessThan(500);
  expect(await daemon.stop()).toBe(0);
});
