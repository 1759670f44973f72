import { describe, expect, it, type TestContext } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { Attacker, clientFrame, TEXT, upgradeRequest, type Attack } from './attack.js';
import { Daemon } from './daemon.js';

const STREAM = 'GET /channels/job HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n';
const CLIENTS = 30;

/** More bytes than the kernel buffers for a client that does not read. */
const MESSAGES = 200;
const MESSAGE_BYTES = 60_000;

/** A daemon of one test, and attacks on it. */
interface Target {
  readonly daemon: Daemon;
  /** Opens connections that do not read and stay open after the attack. */
  readonly attackWithoutReading: (attack: Pick<Attack, 'first'> & Partial<Attack>) => Attacker;
}

async function startTarget(
  { onTestFinished }: TestContext,
  settings: Record<string, string> = {},
): Promise<Target> {
  const daemon = await Daemon.start({ settings });
  onTestFinished(() => daemon.kill());
  return {
    daemon,
    attackWithoutReading(attack) {
      const plan = { port: daemon.publicPort, connections: CLIENTS, seconds: 1, reads: false, leaves: false };
      const attacker = new Attacker({ ...plan, ...attack });
      onTestFinished(() => attacker.end());
      return attacker;
    },
  };
}

// Side by side, because the tests wait for deadlines and measure no time.
describe.concurrent('clients that do not read', () => {
  it.for([
    ['SSE', STREAM],
    ['WebSocket', upgradeRequest('/channels/job')],
    ['legacy WebSocket', upgradeRequest() + clientFrame(TEXT, 'job')],
  ] as const)('are closed after limits.lag: %s', async ([, first], context) => {
    const { daemon, attackWithoutReading } = await startTarget(context, { LIMITS_LAG: '1' });
    const sockets = daemon.openSockets;
    await attackWithoutReading({ first }).outcome;
    expect(daemon.openSockets).toBeGreaterThanOrEqual(sockets + CLIENTS);
    await fillJob(daemon);
    await daemon.socketsFallTo(sockets, 20);
    expect(await daemon.stop()).toBe(0);
  });

  it.for([
    ['SSE', STREAM],
    ['WebSocket', upgradeRequest('/channels/job')],
  ] as const)('are closed after they have ended their side: %s', async ([, first], context) => {
    const settings = { LIMITS_LAG: '3600', HEARTBEAT_INTERVAL: '2' };
    const { daemon, attackWithoutReading } = await startTarget(context, settings);
    const sockets = daemon.openSockets;
    const attacker = attackWithoutReading({ first, halfCloses: true });
    await fillJob(daemon);
    await attacker.outcome;
    await daemon.socketsFallTo(sockets, 20);
    expect(await daemon.stop()).toBe(0);
  });

  it('do not hold a socket after a refusal', async (context) => {
    const { daemon, attackWithoutReading } = await startTarget(context, { LIMITS_CONNECTIONS: '1' });
    const sockets = daemon.openSockets;
    await attackWithoutReading({ first: upgradeRequest('/channels/job'), connections: 1100 }).outcome;
    await daemon.socketsFallTo(sockets + 1, 20);
    expect((await fetch(`${daemon.http}/health/live`)).status).toBe(200);
    expect(await daemon.stop()).toBe(0);
  });

  it('do not hold a socket after a response', async (context) => {
    const { daemon, attackWithoutReading } = await startTarget(context);
    const sockets = daemon.openSockets;
    const h2c = 'GET /client.js HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n';
    const close = 'GET /client.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    for (const first of [h2c, close, 'no HTTP at all\r\n\r\n']) await attackWithoutReading({ first }).outcome;
    await daemon.socketsFallTo(sockets, 20);
    expect(await daemon.stop()).toBe(0);
  });

  it('do not delay the stop of the daemon', async (context) => {
    const settings = { LIMITS_CONNECTIONS: '1', SHUTDOWN_DEADLINE: '4' };
    const { daemon, attackWithoutReading } = await startTarget(context, settings);
    const h2c = 'GET /health/live HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n';
    for (const first of [STREAM, STREAM, upgradeRequest(), h2c])
      await attackWithoutReading({ first, seconds: 0.5 }).outcome;
    expect(await daemon.stop()).toBe(0);
  });
});

async function fillJob(daemon: Daemon): Promise<void> {
  const broker = await FakeBroker.connect(daemon.zeromq);
  const task = 'x'.repeat(MESSAGE_BYTES);
  for (let i = 0; i < MESSAGES; i++) await broker.send('job', 'TASK', task, 'COMPLETED');
  broker.close();
}
