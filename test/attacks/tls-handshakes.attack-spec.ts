import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { clientHello } from '../fixtures/client-hello.js';
import { Attacker } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. Handshakes without the queue take seconds in one turn. */
const LATENCY = 1000;

const CONNECTIONS = 1500;

const certificates = useCertificates();
let daemon: Daemon;

beforeEach(async () => {
  // The certificate is for tests, so no authority has signed it.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const { cert, key } = certificates.make({ rsa: true });
  daemon = await Daemon.start({ settings: { TLS_CERT: cert, TLS_KEY: key } });
});
afterEach(() => {
  vi.unstubAllEnvs();
  daemon.kill();
});

describe('many clients that begin a handshake and stop', () => {
  it('are ended on a deadline, and delay no other client', async () => {
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

  it('let a new client in', async () => {
    const first = (await clientHello()).toString('latin1');
    const attacker = new Attacker({ port: daemon.publicPort, connections: CONNECTIONS, seconds: 5, first });
    const healthy = await HealthyClient.start(daemon);
    await attacker.outcome;
    const { sent, received } = await healthy.stop();
    expect(received).toBe(sent);
  });
});

it('many clients that connect and send nothing are ended on a deadline', async () => {
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
