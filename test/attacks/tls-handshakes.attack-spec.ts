import { afterAll, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { clientHello } from '../fixtures/client-hello.js';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Handshakes without the queue take seconds in one turn. */
const LATENCY = 1000;

const CONNECTIONS = 1500;

const certificates = useCertificates();
beforeAll(() => {
  // The certificate is for tests, so no authority has signed it.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterAll(() => vi.unstubAllEnvs());

async function startDaemon({ onTestFinished }: TestContext): Promise<Daemon> {
  const { cert, key } = certificates.make({ rsa: true });
  const daemon = await Daemon.start({ settings: { TLS_CERT: cert, TLS_KEY: key } });
  onTestFinished(() => daemon.kill());
  return daemon;
}

// Side by side: clients that send nothing cost no time.
describe.concurrent('many clients', () => {
  it('that begin a handshake and stop are ended on a deadline, and delay no other client', async (context) => {
    const daemon = await startDaemon(context);
    const healthy = await HealthyClient.start(daemon);
    const sockets = daemon.openSockets;
    const first = (await clientHello()).toString('latin1');
    const attacker = new Attacker({ port: daemon.publicPort, connections: CONNECTIONS, seconds: 25, first });
    const { opened, stillOpen } = await attacker.outcome;
    expect(opened).toBe(CONNECTIONS);
    expect(stillOpen).toBe(0);
    await daemon.socketsFallTo(sockets, 10);
    const { sent, received, max } = await healthy.stop();
    expect(received).toBe(sent);
    expect(max).toBeLessThan(LATENCY);
  });

  it('that connect and send nothing are ended on a deadline', async (context) => {
    const daemon = await startDaemon(context);
    const healthy = await HealthyClient.start(daemon);
    const attacker = new Attacker({
      port: daemon.publicPort,
      connections: CONNECTIONS,
      seconds: 15,
      first: '',
    });
    const { stillOpen } = await attacker.outcome;
    expect(stillOpen).toBe(0);
    const { sent, received, max } = await healthy.stop();
    expect(received).toBe(sent);
    expect(max).toBeLessThan(LATENCY);
  });
});

it('many clients that begin a handshake and stop let a new client in', async (context) => {
  const daemon = await startDaemon(context);
  const first = (await clientHello()).toString('latin1');
  const attacker = new Attacker({ port: daemon.publicPort, connections: CONNECTIONS, seconds: 5, first });
  const healthy = await HealthyClient.start(daemon);
  await attacker.outcome;
  const { sent, received } = await healthy.stop();
  expect(received).toBe(sent);
});
