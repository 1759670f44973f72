import { describe, expect, it, type TestContext } from 'vitest';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Without the limits, 9,000 timeouts at once take 2.5 s. */
const LATENCY = 1000;

const CONNECTIONS = 9000;

/** Seconds after which the body of a request must have arrived, and some for the check. */
const BODY_TIMEOUT = 30 + 6;

async function startDaemon({ onTestFinished }: TestContext): Promise<Daemon> {
  const daemon = await Daemon.start();
  onTestFinished(() => daemon.kill());
  return daemon;
}

// Side by side: the heads time out long before the bodies.
describe.concurrent('slow requests', () => {
  it('thousands of unfinished request heads time out and delay no other client', async (context) => {
    const daemon = await startDaemon(context);
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

  // Both listeners in one attack, because the timeout is long.
  it('unfinished request bodies time out, so that they hold no connection', async (context) => {
    const daemon = await startDaemon(context);
    const healthy = await HealthyClient.start(daemon);
    const sockets = daemon.openSockets;
    const body = 'Content-Length: 1000\r\n\r\n{';
    const attackers = [
      { port: daemon.publicPort, connections: 2000, first: `POST / HTTP/1.1\r\nHost: x\r\n${body}` },
      {
        port: daemon.adminPort,
        connections: 400,
        first: `POST /channels/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${body}`,
      },
    ].map((attack) => new Attacker({ ...attack, seconds: BODY_TIMEOUT }));
    const outcomes = await Promise.all(attackers.map(({ outcome }) => outcome));
    expect(outcomes).toMatchObject([
      { opened: 2000, stillOpen: 0 },
      { opened: 400, stillOpen: 0 },
    ]);
    await daemon.socketsFallTo(sockets, 10);
    const { sent, received, max } = await healthy.stop();
    expect(received).toBe(sent);
    expect(max).toBeLessThan(LATENCY);
  });
});
