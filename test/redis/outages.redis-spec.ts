import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  eventually,
  expectSameChannel,
  RelayCluster,
  type RelayNode,
} from '../fixtures/redis/relay-cluster.js';
import { RoamingClient } from '../fixtures/redis/roaming-client.js';
import { SeenMessages } from '../fixtures/redis/stream-checker.js';

const KEYS = ['recodex:progress', '{recodex:progress}:head', '{recodex:progress}:lease'];

let cluster: RelayCluster;
let leader: RelayNode;
let edges: RelayNode[];
let clients: RoamingClient[];
let channel: string;
let sent: number;
let channels = 0;

beforeAll(async () => {
  cluster = await RelayCluster.start();
  leader = await cluster.add('ingest');
  edges = await Promise.all([cluster.add('edge'), cluster.add('edge')]);
});
afterAll(() => cluster.remove());

beforeEach(async () => {
  channel = `channel-${++channels}`;
  sent = 0;
  const seen = new SeenMessages();
  clients = edges.flatMap((edge) => RoamingClient.ofEachKind(channel, seen, [edge, ...edges]));
  await send(10);
  await everyone();
});
afterEach(() => clients.forEach((client) => client.close()));

describe('Redis', () => {
  it('that is paused for 5 s loses nothing: the ingest keeps the messages, and says so', async () => {
    cluster.redis.pause();
    await send(20);
    await leader.becomes({ status: 'down', state: 'away' });
    await Promise.all(edges.map((edge) => edge.becomes({ status: 'up', stale: true })));
    await send(20);
    expect((await leader.health()).buffer_bytes).toBeGreaterThan(0);
    await wait(2000);
    cluster.redis.continue();
    await expectRecovery({ resets: 0, continued: 0 });
    await Promise.all(edges.map((edge) => edge.becomes({ stale: false })));
    expect((await leader.health()).buffer_bytes).toBe(0);
  });

  it('that cuts all connections again and again loses nothing', async () => {
    for (let i = 0; i < 15; i++) {
      await cluster.redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await send(5);
      await wait(50);
    }
    await expectRecovery({ resets: 0, continued: 0 });
  });

  it('that is emptied gets all channels again', async () => {
    await cluster.redis.command('FLUSHALL');
    await send(20);
    await expectRecovery({ resets: 0, continued: 0 });
    const late = await cluster.add('edge');
    await expectSameChannel(channel, leader, late);
    await late.kill();
  });

  it('that starts again empty gets all channels again', async () => {
    await cluster.redis.restore();
    await send(20);
    await expectRecovery({ resets: 0, continued: 0 });
  });

  it('that starts again with an older dump gets all channels again', async () => {
    await cluster.redis.dump();
    await send(20);
    await everyone();
    await cluster.redis.restore();
    await send(20);
    await expectRecovery({ resets: 0, continued: 0 });
  });

  it('whose stream was trimmed gets all channels again', async () => {
    await cluster.redis.command('XTRIM', KEYS[0]!, 'MAXLEN', '0');
    await eventually(async () => expect(await cluster.redis.command('XLEN', KEYS[0]!)).toBeGreaterThan(0));
    await send(5);
    await expectRecovery({ resets: 0, continued: 0 });
    const late = await cluster.add('edge');
    await expectSameChannel(channel, leader, late);
    await late.kill();
  });

  it.each(KEYS)('that has lost the key %s gets it again', async (key) => {
    await cluster.redis.command('DEL', key);
    await send(20);
    await expectRecovery({ resets: 0, continued: 0 });
    await eventually(async () => expect(await cluster.redis.command('EXISTS', ...KEYS)).toBe(3));
  });
});

describe('an older dump without the ingest', () => {
  it('is what all processes show, and each client is told', async () => {
    await cluster.redis.dump();
    await send(20);
    await everyone();
    await leader.kill();
    await cluster.redis.restore();
    leader = await cluster.add('ingest');
    await leader.leads();
    expect(await leader.summary(channel)).toMatchObject({ partial: true });
    sent = 10;
    await send(5);
    await expectRecovery({ resets: 1 });
  });
});

/** Sends numbered tasks. */
async function send(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await leader.send([channel, 'TASK', `task ${sent++}`, 'COMPLETED']);
}

/** Resolves when every client has the last message. */
async function everyone(): Promise<void> {
  await Promise.all(clients.map((client) => client.reaches(sent)));
}

/** Expects that clients and processes have the same messages after an outage. */
async function expectRecovery(notices: { resets: number; continued?: number }): Promise<void> {
  await send(1);
  await eventually(() => expect(clients.map(({ last }) => last)).toEqual(clients.map(() => sent)));
  for (const { checker } of clients) expect(checker).toMatchObject({ faults: [], ...notices });
  await expectSameChannel(channel, leader, ...edges);
}
