import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Attacker, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

const OPEN_FILES = 256;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('a low limit of open files is logged at the start, and clients are refused with 503 before it is reached', async () => {
  daemon = await Daemon.start({ openFiles: OPEN_FILES });
  expect(daemon.output).toMatch(/\[WARNING\][^\n]*LimitNOFILE[^\n]*50000[^\n]*256/);
  const healthy = await HealthyClient.start(daemon);
  const attacker = new Attacker({
    port: daemon.publicPort,
    connections: OPEN_FILES - 80,
    seconds: 2,
    first: upgradeRequest('/channels/x'),
  });
  const { answers } = await attacker.outcome;
  expect(answers['101']).toBeGreaterThan(100);
  expect(answers['503']).toBeGreaterThan(0);
  expect(answers['101']! + answers['503']!).toBe(OPEN_FILES - 80);
  const { sent, received } = await healthy.stop();
  expect(received).toBe(sent);
});

it('connections above all limits are dropped with one log line, and other clients are not affected', async () => {
  daemon = await Daemon.start({ openFiles: OPEN_FILES });
  const healthy = await HealthyClient.start(daemon);
  const attack = {
    port: daemon.publicPort,
    connections: 2 * OPEN_FILES,
    seconds: 2,
    first: upgradeRequest(),
  };
  await new Attacker({ ...attack, reconnects: true }).outcome;
  const { sent, received } = await healthy.stop();
  expect(received).toBe(sent);
  expect(daemon.output.match(/Too many connections/g)).toHaveLength(1);
});

it('reaching the limit of open files on the admin listener is logged, and uses little CPU time', async () => {
  daemon = await Daemon.start({ openFiles: OPEN_FILES });
  // The admin listener has no limit of connections.
  const attack = { port: daemon.adminPort, connections: OPEN_FILES, reconnects: true, first: 'GET' };
  const attacker = new Attacker({ ...attack, seconds: 12 });
  await daemon.logged(/No open files left/);
  const before = daemon.cpuSeconds;
  await setTimeout(2000);
  expect(daemon.cpuSeconds - before).toBeLessThan(1);
  attacker.end();
});
