import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Attacker, BINARY, clientFrame, PING, PONG, TEXT, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyWatcher } from './healthy-watcher.js';

/** Milliseconds that a healthy watcher may wait while 20 connections attack; without the bounds it waits 2 to 12 s. */
const LATENCY = 1000;

const CONNECTIONS = 20;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start();
});
afterAll(() => daemon.kill());

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('requests that do not wait for their answers', () => {
  it.each([
    ['GET', GET.repeat(100)],
    ['HEAD', 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)],
    ['unknown paths', 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)],
    ['bodies', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'.repeat(100)],
    [
      'unknown upgrades',
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'.repeat(100),
    ],
    ['streams', 'GET /channels/x HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100)],
  ])('delay nobody: %s', async (_, flood) => {
    expect(await latencyUnder({ first: GET, flood })).toBeLessThan(LATENCY);
    expect(await latencyUnder({ first: GET, flood, port: daemon.adminPort })).toBeLessThan(LATENCY);
  });
});

describe('frames that nobody needs', () => {
  it.each([
    ['text', clientFrame(TEXT, 'a')],
    ['empty text', clientFrame(TEXT, '')],
    ['binary', clientFrame(BINARY, 'a')],
    ['pings', clientFrame(PING, 'a')],
    ['pongs', clientFrame(PONG, '')],
  ])('delay nobody: %s', async (_, frame) => {
    const first = upgradeRequest() + clientFrame(TEXT, 'job');
    expect(await latencyUnder({ first, flood: frame.repeat(500) })).toBeLessThan(LATENCY);
  });
});

/**
 * Attacks with connections that are opened again as soon as they are closed, and gives the latency (p99) of a healthy
 * watcher meanwhile. Rejects when it lost something, or when the daemon keeps something.
 */
async function latencyUnder(how: { first: string; flood: string; port?: number }): Promise<number> {
  const watcher = await HealthyWatcher.start(daemon);
  const sockets = daemon.openSockets;
  const memory = daemon.residentMiB;
  const attack = { port: daemon.publicPort, connections: CONNECTIONS, seconds: 2, reconnects: true };
  const { closed } = await new Attacker({ ...attack, ...how }).outcome;
  expect(closed).toBeGreaterThan(CONNECTIONS);
  const { sent, received, p99 } = await watcher.stop();
  expect(received).toBe(sent);
  await daemon.socketsFallTo(sockets, 10);
  expect(daemon.residentMiB).toBeLessThan(memory + 100);
  return p99;
}
