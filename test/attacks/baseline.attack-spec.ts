import { afterEach, expect, it } from 'vitest';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

let daemon: Daemon;

afterEach(() => daemon.kill());

// The baseline for the attacks.
it('other requests do not delay a healthy client', async () => {
  daemon = await Daemon.start();
  const healthy = await HealthyClient.start(daemon);
  const sockets = daemon.openSockets;
  const attacker = new Attacker({
    port: daemon.publicPort,
    connections: 10,
    seconds: 1,
    first: 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n',
  });
  expect(await attacker.outcome).toMatchObject({ opened: 10, answers: { 200: 10 } });
  await daemon.socketsFallTo(sockets, 10);
  const { sent, received, p99 } = await healthy.stop();
  expect(received).toBe(sent);
  expect(p99).toBeLessThan(500);
  expect(await daemon.stop()).toBe(0);
});
