import { afterEach, describe, expect, it } from 'vitest';
import { capacityFor, openFilesLimit } from '../../src/http/open-files.js';
import { Attacker, clientFrame, TEXT, upgradeRequest, type Attack, type AttackOutcome } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient, type Delivery } from './healthy-client.js';

/** Connections of an attack, or as many as the open files of one process permit. */
const CONNECTIONS = Math.min(20_000, (openFilesLimit() ?? Infinity) - 500);

/** Clients of an attack that leaves places for others, or as many as the open files of the daemon permit. */
const ADMITTED = Math.min(CONNECTIONS, capacityFor(Infinity, openFilesLimit()).clients - 100);

/** The highest latency of a healthy client, in milliseconds, on a machine that the attacker shares. */
const LATENCY = 2000;

const GUESS =
  'GET /channels/guess HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n';

let daemon: Daemon;
let attacker: Attacker;

afterEach(() => {
  attacker.end();
  daemon.kill();
});

/** Attacks a daemon that exempts only the address of the healthy client. */
async function attack(
  settings: Record<string, string>,
  plan: Omit<Attack, 'port'>,
): Promise<AttackOutcome & { metrics: Record<string, number>; healthy: Delivery }> {
  daemon = await Daemon.start({ settings: { LIMITS_EXEMPT: '127.0.0.1', ...settings } });
  const healthy = await HealthyClient.start(daemon);
  attacker = new Attacker({ port: daemon.publicPort, leaves: false, ...plan });
  const outcome = await attacker.outcome;
  const metrics = await daemon.metrics();
  // A client that comes during the attack is served, too.
  const late = await HealthyClient.start(daemon);
  await late.stop();
  const delivery = await healthy.stop();
  return { ...outcome, metrics, healthy: delivery };
}

function expectHealthy({ sent, received, max }: Delivery): void {
  expect(received).toBe(sent);
  expect(max).toBeLessThan(LATENCY);
}

describe('thousands of connections', () => {
  it(
    'from one address get 5,000 places, some answers with 429, and are closed otherwise',
    { timeout: 180_000 },
    async () => {
      const plan = { connections: CONNECTIONS, addresses: 1, seconds: 10, first: upgradeRequest() };
      const { answers, metrics, healthy } = await attack({}, plan);
      expect(answers['101']).toBeGreaterThan(4900);
      expect(answers['101']).toBeLessThanOrEqual(5000);
      expect(answers['429']).toBeGreaterThan(0);
      expect(metrics['connections{kind="websocket",protocol="legacy"}']).toBeLessThanOrEqual(5001);
      expect(metrics['address_dropped_connections_total']).toBeGreaterThan(CONNECTIONS / 2);
      expect(daemon.output.match(/One address has most of/g)).toHaveLength(1);
      expectHealthy(healthy);
    },
  );

  it('from 5,000 addresses are served, and counted in a bounded table', async () => {
    const plan = { connections: ADMITTED, addresses: 5000, seconds: 45, endsWhenAnswered: true };
    const { answers, metrics, healthy } = await attack(
      { LIMITS_ADDRESSES: '1000' },
      { ...plan, first: upgradeRequest() },
    );
    expect(answers).toEqual({ '101': ADMITTED });
    expect(metrics['addresses']).toBe(1000);
    expect(metrics['uncounted_addresses_total']).toBeGreaterThan(ADMITTED * 0.7);
    expectHealthy(healthy);
  });

  it('that are opened again and again get 429 above the rate', async () => {
    const plan = { connections: 200, addresses: 1, seconds: 5, first: upgradeRequest(), halfCloses: true };
    const settings = { LIMITS_CONNECTS_PER_SECOND_PER_ADDRESS: '10' };
    const { answers, healthy } = await attack(settings, { ...plan, reconnects: true, leaves: true });
    // A burst of ten seconds, and the seconds of the attack.
    expect(answers['101']).toBeLessThanOrEqual(10 * (10 + 5 + 1));
    expect(answers['429']).toBeGreaterThan(30);
    expectHealthy(healthy);
  });
});

it('subscriptions of one address create as many channels as it may have connections', async () => {
  const first = upgradeRequest() + clientFrame(TEXT, 'flooded');
  const plan = { connections: 3000, addresses: 1, seconds: 5, first };
  const { metrics, healthy } = await attack({ LIMITS_CONNECTIONS_PER_ADDRESS: '1000' }, plan);
  expect(metrics['connections{kind="websocket",protocol="legacy"}']).toBeLessThanOrEqual(1001);
  expect(metrics['refused_clients_total{reason="address"}']).toBeGreaterThan(0);
  expectHealthy(healthy);
});

it('an address that guesses ids gets 429 instead of answers', async () => {
  const plan = { connections: 50, addresses: 1, seconds: 5, first: GUESS, reconnects: true, leaves: true };
  const settings = {
    LIMITS_NOT_FOUND_PER_SECOND_PER_ADDRESS: '5',
    LIMITS_CONNECTS_PER_SECOND_PER_ADDRESS: '0',
  };
  const { answers, metrics, healthy } = await attack(settings, plan);
  // A burst of ten seconds, the seconds of the attack, and one request of each connection.
  expect(answers['404']).toBeLessThanOrEqual(5 * (10 + 5 + 1) + 50);
  expect(answers['429']).toBeGreaterThan(30);
  expect(metrics['address_limits_reached_total{limit="not_found"}']).toBeGreaterThan(30);
  expectHealthy(healthy);
});

it('forged forwarding headers give an address no further places', async () => {
  const forged =
    'X-Forwarded-For: 198.51.100.1\r\nForwarded: for=198.51.100.1\r\nX-Real-IP: 198.51.100.1\r\n\r\n';
  const first = upgradeRequest().replace(/\r\n$/, forged);
  const plan = { connections: 500, addresses: 1, seconds: 5, first };
  const settings = { LIMITS_CONNECTIONS_PER_ADDRESS: '50', TRUSTED_PROXIES: '127.0.0.9' };
  const { answers, healthy } = await attack(settings, plan);
  expect(answers['101']).toBeLessThanOrEqual(50);
  expect(daemon.output).not.toContain('198.51.100.1');
  expectHealthy(healthy);
});

it('a flood of input waits, and other clients do not', async () => {
  const plan = {
    connections: 100,
    addresses: 1,
    seconds: 8,
    first: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n',
    flood: 'x'.repeat(65_536),
  };
  const { metrics, healthy } = await attack({}, plan);
  expect(metrics['address_limits_reached_total{limit="input"}']).toBeGreaterThan(0);
  expectHealthy(healthy);
});
