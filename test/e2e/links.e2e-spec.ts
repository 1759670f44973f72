import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { Router } from 'zeromq';
import { BrokerService } from '../../src/broker/broker.service.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import type { Monitor } from '../fixtures/monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';

const monitors = useMonitors();
let monitor: Monitor;

function peers(): number {
  return monitor.source.status.peers;
}

async function peersBecome(count: number): Promise<void> {
  await vi.waitFor(() => expect(peers()).toBe(count), { timeout: 10_000, interval: 10 });
}

/** A TCP client that sends `bytes` and disconnects. */
async function sendBytes(bytes: string): Promise<void> {
  const { hostname, port } = new URL(monitor.endpoint);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.end(bytes, 'latin1').resume();
  await new Promise((resolve) => socket.once('close', resolve));
}

describe('the link to the broker', () => {
  it('is counted, while port scans and invalid bytes are not counted', async () => {
    ({ monitor } = await monitors.startWithoutBroker({ health: { require_broker: true } }));
    const ready = async (): Promise<number> => (await fetch(`${monitor.http}/health/ready`)).status;
    for (let i = 0; i < 20; i++) {
      await sendBytes('');
      await sendBytes('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await sendBytes('\xff\0\0\0\0\0\0\0\x01\x7f\x03');
      await sendBytes('\0'.repeat(64));
      expect(peers()).toBe(0);
    }
    expect(await ready()).toBe(503);
    for (let i = 0; i < 3; i++) {
      const broker = await FakeBroker.connect(monitor.endpoint);
      await peersBecome(1);
      expect(await ready()).toBe(200);
      await sendBytes('');
      broker.close();
      await peersBecome(0);
    }
    const broker = await FakeBroker.connect(monitor.endpoint);
    await peersBecome(1);
    broker.close();
  });

  it('is not counted while the broker process is stopped', async () => {
    ({ monitor } = await monitors.startWithoutBroker({ zeromq: { heartbeat: 0.2 } }));
    const source = `const { Router } = require('zeromq'); const router = new Router();
      router.connect('${monitor.endpoint}'); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['-e', source], { stdio: 'inherit' });
    await peersBecome(1);
    child.kill('SIGSTOP');
    await peersBecome(0);
    child.kill('SIGCONT');
    await peersBecome(1);
    expect(peers()).toBe(1);
    child.kill('SIGKILL');
  });

  it('is replaced when the broker reconnects with its routing id', async () => {
    ({ monitor } = await monitors.startWithoutBroker());
    const open = async (): Promise<Router> => {
      const router = new Router({ mandatory: true, linger: 0, routingId: 'broker' });
      const greeted = new Promise((resolve) => router.events.on('handshake', resolve));
      router.connect(monitor.endpoint);
      await greeted;
      return router;
    };
    const first = await open();
    await peersBecome(1);
    const second = await open();
    const { counters } = monitor.app.get(BrokerService);
    const { received } = counters;
    await vi.waitFor(() => second.send(['recodex-monitor', 'job', 'STARTED']));
    await vi.waitFor(() => expect(counters.received).toBeGreaterThan(received));
    first.close();
    second.close();
    await peersBecome(0);
  });
});

const ipv6Loopback = Object.entries(networkInterfaces()).find(([, all]) =>
  all?.some(({ address }) => address === '::1'),
);
describe.runIf(ipv6Loopback)('the listening addresses', () => {
  it.each(['*', ipv6Loopback?.[0] ?? ''])(
    'for %j are IPv4 and IPv6, for clients and for the broker',
    async (host) => {
      const everywhere = { host, port: 0 };
      ({ monitor } = await monitors.startWithoutBroker({
        websocket_uri: everywhere,
        zeromq_uri: everywhere,
        admin_uri: everywhere,
      }));
      const ports = [monitor.http, monitor.admin].map((url) => new URL(url).port);
      const zeromq = /:(\d+)$/.exec(monitor.endpoint)![1]!;
      for (const ip of ['127.0.0.1', '[::1]']) {
        for (const port of ports) expect((await fetch(`http://${ip}:${port}/health/live`)).status).toBe(200);
        const broker = await FakeBroker.connect(`tcp://${ip}:${zeromq}`);
        await peersBecome(1);
        broker.close();
        await peersBecome(0);
      }
      await monitor.close();
      for (const ip of ['127.0.0.1', '::1'])
        for (const port of [...ports, zeromq])
          await expect(once(connect(Number(port), ip), 'connect')).rejects.toThrow('ECONNREFUSED');
    },
  );
});
