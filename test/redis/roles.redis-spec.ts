import { afterEach, describe, expect, it } from 'vitest';
import {
  eventually,
  expectSameChannel,
  RelayCluster,
  type RelayNode,
} from '../fixtures/redis/relay-cluster.js';
import { RoamingClient } from '../fixtures/redis/roaming-client.js';
import { SeenMessages } from '../fixtures/redis/stream-checker.js';
import { TestClient } from '../fixtures/test-client.js';

let cluster: RelayCluster;
afterEach(() => cluster.remove());

describe('the roles', () => {
  it('decide who takes messages and who serves clients', async () => {
    cluster = await RelayCluster.start();
    const ingest = await cluster.add('ingest');
    const [edge, all] = await Promise.all([cluster.add('edge'), cluster.add('all')]);
    expect(await Promise.all([ingest, edge, all].map(async (node) => (await node.health()).state))).toEqual([
      'leading',
      'following',
      'standby',
    ]);
    expect(await Promise.all([ingest, edge, all].map((node) => node.probe('ingest')))).toEqual([
      200, 503, 503,
    ]);
    expect(await publish(edge, 'x', 0)).toBe(503);
    expect(await publish(all, 'x', 0)).toBe(503);
    expect(await publish(ingest, 'x', 0)).toBe(200);
    await expectSameChannel('x', ingest, edge, all);
    const client = new TestClient(`${ingest.url.replace('http', 'ws')}/channels/x`);
    await expect(client.closed).rejects.toThrow('503');
  });
});

describe('a request of a producer', () => {
  it('is not appended again when the process that took it was killed', async () => {
    cluster = await RelayCluster.start();
    const first = await cluster.add('ingest');
    const [second, edge] = await Promise.all([cluster.add('ingest'), cluster.add('edge')]);
    for (let seq = 0; seq < 5; seq++) expect(await publish(first, 'job', seq)).toBe(200);
    await first.kill();
    await second.leads();
    expect(await publish(second, 'job', 4)).toBe(204);
    expect(await publish(second, 'job', 6)).toBe(409);
    expect(await publish(second, 'job', 5)).toBe(200);
    await expectSameChannel('job', second, edge);
    expect(await edge.summary('job')).toMatchObject({ messages: 6, partial: false });
  });
});

describe('a standby', () => {
  it('does not replace an ingest whose Redis was paused', async () => {
    cluster = await RelayCluster.start();
    const ingest = await cluster.add('ingest');
    const [standby, edge] = await Promise.all([cluster.add('ingest'), cluster.add('edge')]);
    const client = RoamingClient.socket('paused', new SeenMessages(), [edge]);
    await ingest.send(['paused', 'STARTED']);
    await client.reaches(1);
    cluster.redis.pause();
    await ingest.send(['paused', 'TASK', 'a', 'COMPLETED']);
    await ingest.becomes({ state: 'away' });
    await standby.becomes({ state: 'away' });
    cluster.redis.continue();
    await client.reaches(2);
    await standby.becomes({ state: 'standby' });
    await ingest.becomes({ state: 'leading' });
    expect(client.checker).toMatchObject({ faults: [], resets: 0, continued: 0 });
    client.close();
  });
});

describe('a channel that ends', () => {
  it('ends on edges with the same code', async () => {
    cluster = await RelayCluster.start();
    const ingest = await cluster.add('ingest', {
      RECODEX_MONITOR_LIMITS_CHANNELS: '2',
      RECODEX_MONITOR_RETENTION_IDLE: '3',
      RECODEX_MONITOR_RETENTION_FINISHED: '1',
    });
    const edge = await cluster.add('edge');
    const watch = async (channel: string): Promise<TestClient> => {
      const client = new TestClient(`${edge.url.replace('http', 'ws')}/channels/${channel}`);
      await ingest.send([channel, 'STARTED']);
      await client.received(1);
      return client;
    };
    const finished = await watch('finished');
    await ingest.send(['finished', 'FINISHED']);
    expect((await finished.closed).code).toBe(1000);
    await eventually(async () => expect(await edge.summary('finished')).toBeUndefined());
    const deleted = await watch('deleted');
    await fetch(`${ingest.adminUrl}/channels/deleted`, { method: 'DELETE' });
    expect((await deleted.closed).code).toBe(1013);
    const [evicted, idle] = [await watch('evicted'), await watch('idle')];
    await ingest.send(['other', 'STARTED']);
    expect((await evicted.closed).code).toBe(1013);
    expect((await idle.closed).code).toBe(1000);
    await eventually(async () => expect(await edge.summary('idle')).toBeUndefined());
  });
});

describe('a buffer that is full', () => {
  it('tells each affected client', async () => {
    cluster = await RelayCluster.start();
    const ingest = await cluster.add('ingest', {
      RECODEX_MONITOR_RELAY_BUFFER: '4096',
      RECODEX_MONITOR_LIMITS_CHANNEL_MESSAGES: '20',
    });
    const edge = await cluster.add('edge');
    const clients = RoamingClient.ofEachKind('full', new SeenMessages(), [edge]);
    await ingest.send(['full', 'STARTED']);
    await Promise.all(clients.map((client) => client.reaches(1)));
    cluster.redis.pause();
    for (let i = 0; i < 30; i++) {
      await ingest.send(
        ...Array.from({ length: 20 }, (_, k) => ['full', 'TASK', `task ${20 * i + k}`, 'COMPLETED']),
      );
      await ingest.probe('live');
    }
    cluster.redis.continue();
    await Promise.all(clients.map((client) => client.reaches(601)));
    for (const { checker } of clients) {
      expect(checker.faults).toEqual([]);
      expect(checker.resets).toBeGreaterThan(0);
    }
    await expectSameChannel('full', ingest, edge);
    for (const client of clients) client.close();
  });
});

/** Publishes one message as the request `seq` of a producer. */
async function publish(node: RelayNode, channel: string, seq: number): Promise<number> {
  const response = await fetch(`${node.adminUrl}/channels/${channel}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Producer-Id': 'ci',
      'Producer-Epoch': '0',
      'Producer-Seq': String(seq),
    },
    body: JSON.stringify({ command: 'STARTED' }),
  });
  await response.text();
  return response.status;
}
