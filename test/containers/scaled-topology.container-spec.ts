import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { ResumingClient } from '../fixtures/resuming-client.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { ScaledTopology } from './scaled-topology.js';

const directory = useTemporaryDirectory();
const closing: (() => unknown)[] = [];
const WAIT = { timeout: 20_000, interval: 50 };

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('haproxy.cfg', () => {
  it('is accepted by HAProxy', () => {
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
    const command = ['-c', '-f', 'packaging/haproxy/haproxy.cfg'];
    expect(execFileSync('haproxy', command, { encoding: 'utf8', env })).toContain('valid');
  });
});

describe('the processes of compose.scaled.yml', () => {
  it('lose and repeat no message of any client when one edge after the other is killed', async () => {
    const topology = await ScaledTopology.start(directory.path);
    closing.push(() => topology.stop());
    const broker = await FakeBroker.connect(
      `tcp://127.0.0.1:${topology.daemons.get('ingest')!.ports.zeromq}`,
    );
    closing.push(() => broker.close());
    await vi.waitFor(
      async () => expect((await fetch(`${topology.url}/health/ready`)).status).toBe(200),
      WAIT,
    );

    const sent: string[] = [];
    const send = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        sent.push(`task ${sent.length}`);
        await broker.send('job', 'TASK', sent.at(-1)!, 'COMPLETED');
      }
    };
    await send(5);
    const clients = ResumingClient.ofEachKind(topology.url, 'job');
    closing.push(() => clients.forEach((client) => client.close()));
    const caughtUp = (): Promise<void> =>
      vi.waitFor(() => {
        for (const { name, tasks } of clients) expect({ name, tasks }).toEqual({ name, tasks: sent });
      }, WAIT);
    await caughtUp();

    for (const [lost, other] of [
      ['edge-1', 'edge-2'],
      ['edge-2', 'edge-1'],
    ] as const) {
      expect(await topology.connections(lost)).toBeGreaterThan(0);
      await send(50);
      await topology.kill(lost);
      await send(50);
      await caughtUp();
      expect(await topology.connections(other)).toBe(clients.length);
      await topology.startDaemon(lost);
      // HAProxy sends new clients to the edge again as soon as it is ready.
      await vi.waitFor(
        async () => {
          clients.push(...ResumingClient.ofEachKind(topology.url, 'job'));
          await caughtUp();
          expect(await topology.connections(lost)).toBeGreaterThan(0);
        },
        { timeout: 20_000, interval: 500 },
      );
    }
    for (const { name, resets } of clients) expect({ name, resets }).toEqual({ name, resets: 0 });
  });

  it('bring the broker to the ingest that has the lease, through HAProxy', async () => {
    const topology = await ScaledTopology.start(directory.path);
    closing.push(() => topology.stop());
    await topology.startDaemon('ingest-2', 'ingest');
    const broker = await FakeBroker.connect(await topology.startProxyOfBroker());
    closing.push(() => broker.close());
    await vi.waitFor(
      async () => expect((await fetch(`${topology.url}/health/ready`)).status).toBe(200),
      WAIT,
    );
    const clients = ResumingClient.ofEachKind(topology.url, 'job');
    closing.push(() => clients.forEach((client) => client.close()));
    const show = (task: string): Promise<void> =>
      vi.waitFor(async () => {
        // The broker has no connection while no process has the lease.
        await broker.send('job', 'TASK', task, 'COMPLETED').catch(() => {});
        for (const { name, tasks } of clients) expect([name, tasks.includes(task)]).toEqual([name, true]);
      }, WAIT);
    await show('before');
    await topology.kill('ingest');
    await show('after');
    for (const { name, tasks } of clients) expect([name, tasks[0]]).toEqual([name, 'before']);
  });
});
