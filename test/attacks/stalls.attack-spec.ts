import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Attacker, BINARY, clientFrame, PING, PONG, TEXT, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Without the limits it is 2 to 12 s with 20 connections. */
const LATENCY = 1000;

const CONNECTIONS = 20;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start();
});
afterAll(() => daemon.kill());

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a flood of requests without waiting for responses', () => {
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
  ])('delays no other client: %s', async (_, flood) => {
    expect(await latencyUnder({ first: GET, flood })).toBeLessThan(LATENCY);
    expect(await latencyUnder({ first: GET, flood, port: daemon.adminPort })).toBeLessThan(LATENCY);
  });
});

describe('a flood of frames', () => {
  it.each([
    ['text', clientFrame(TEXT, 'a')],
    ['empty text', clientFrame(TEXT, '')],
    ['binary', clientFrame(BINARY, 'a')],
    ['pings', clientFrame(PING, 'a')],
    ['pongs', clientFrame(PONG, '')],
  ])('delays no other client: %s', async (_, frame) => {
    const first = upgradeRequest() + clientFrame(TEXT, 'job');
    expect(await latencyUnder({ first, flood: frame.repeat(500) })).toBeLessThan(LATENCY);
  });
});

/**
 * Attacks with connections that are reopened when they are closed. Returns the latency (p99) of a healthy client during
 * the attack. Rejects when the client lost a message, or when the daemon holds sockets or memory after the attack.
 */
async function latencyUnder(how: { first: string; flood: string; port?: number }): Promise<number> {
  const healthy = await HealthyClient.start(daemon);
  const sockets = daemon.openSockets;
  const memory = daemon.residentMiB;
  const attack = { port: daemon.publicPort, connections: CONNECTIONS, seconds: 2, reconnects: true };
  const { closed } = await new Attacker({ ...attack, ...how }).outcome;
  expect(closed).toBeGreaterThan(CONNECTIONS);
  const { sent, received, p99 } = await healthy.stop();
  expect(received).toBe(sent);
  await daemon.socketsFallTo(sockets, 10);
  expect(daemon.residentMiB).toBeLessThan(memory + 100);
  return p99;
}
