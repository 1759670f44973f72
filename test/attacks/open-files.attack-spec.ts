import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Attacker, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyWatcher } from './healthy-watcher.js';

const OPEN_FILES = 256;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('a low limit of open files is said at the start, and clients are refused with 503 before it', async () => {
  daemon = await Daemon.start({ openFiles: OPEN_FILES });
  expect(daemon.output).toMatch(/\[WARNING\][^\n]*LimitNOFILE[^\n]*50000[^\n]*256/);
  const watcher = await HealthyWatcher.start(daemon);
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
  const { sent, received } = await watcher.stop();
  expect(received).toBe(sent);
});

it('connections beyond all limits are dropped with one log line, and the rest goes on', async () => {
  daemon = await Daemon.start({ openFiles: OPEN_FILES });
  const watcher = await HealthyWatcher.start(daemon);
  const attack = {
    port: daemon.publicPort,
    connections: 2 * OPEN_FILES,
    seconds: 2,
    first: upgradeRequest(),
  };
  await new Attacker({ ...attack, reconnects: true }).outcome;
  const { sent, received } = await watcher.stop();
  expect(received).toBe(sent);
  expect(daemon.output.match(/Too many connections/g)).toHaveLength(1);
});

it('running out of files elsewhere is logged, and costs no CPU time', async () => {
  daemon = await Daemon.start({ openFiles: OPEN_FILES });
  // The admin listener has no limit of its own.
  const attack = { port: daemon.adminPort, connections: OPEN_FILES, reconnects: true, first: 'GET' };
  const attacker = new Attacker({ ...attack, seconds: 12 });
  await daemon.logged(/No open files left/);
  const before = daemon.cpuSeconds;
  await setTimeout(2000);
  expect(daemon.cpuSeconds - before).toBeLessThan(1);
  attacker.end();
});
