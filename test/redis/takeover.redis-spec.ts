import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RelayCluster, type RelayNode, expectSameChannel } from '../fixtures/redis/relay-cluster.js';
import { RoamingClient } from '../fixtures/redis/roaming-client.js';
import { SeenMessages } from '../fixtures/redis/stream-checker.js';

/** Milliseconds within which another process leads after the ingest was killed. */
const TAKEOVER_TIME = 5000;

let cluster: RelayCluster;
let leader: RelayNode;
let edges: RelayNode[];
const seen = new SeenMessages();

beforeAll(async () => {
  cluster = await RelayCluster.start();
  leader = await cluster.add('ingest');
  edges = await Promise.all([cluster.add('edge'), cluster.add('edge')]);
});
afterAll(() => cluster.remove());

describe('a standby', () => {
  it('is ready without taking messages, and goes on with the same epoch when the ingest is killed', async () => {
    const standby = await cluster.add('ingest');
    expect(await standby.health()).toMatchObject({ role: 'ingest', state: 'standby', stale: false });
    expect(await Promise.all([leader.probe('ingest'), standby.probe('ingest')])).toEqual([200, 503]);
    const clients = [
      ...RoamingClient.ofEachKind('killed', seen, edges),
      ...RoamingClient.ofEachKind('killed', seen, edges.toReversed()),
    ];
    await leader.send(...tasks('killed', 20));
    await Promise.all(clients.map((client) => client.reaches(20)));
    const start = performance.now();
    await leader.kill();
    await standby.leads();
    expect(performance.now() - start).toBeLessThan(TAKEOVER_TIME);
    await standby.send(...tasks('killed', 20), ['killed', 'FINISHED']);
    await Promise.all(clients.map((client) => client.reaches(41)));
    for (const { checker } of clients) expect(checker).toMatchObject({ faults: [], resets: 0, continued: 0 });
    await expectSameChannel('killed', standby, ...edges);
    leader = standby;
  });

  it('takes over at once when the ingest stops', async () => {
    const standby = await cluster.add('ingest');
    const client = RoamingClient.socket('stopped', seen, edges);
    await leader.send(...tasks('stopped', 5));
    await client.reaches(5);
    await leader.stop();
    const start = performance.now();
    await standby.leads();
    expect(performance.now() - start).toBeLessThan(1500);
    await standby.send(['stopped', 'FINISHED']);
    await client.reaches(6);
    expect(client.checker).toMatchObject({ faults: [], resets: 0, continued: 0 });
    leader = standby;
  });

  it('fences an ingest that was paused: it ends with 75, and nothing that it wrote shows', async () => {
    const standby = await cluster.add('ingest');
    const clients = RoamingClient.ofEachKind('fenced', seen, edges);
    await leader.send(...tasks('fenced', 5));
    await Promise.all(clients.map((client) => client.reaches(5)));
    leader.daemon.child.kill('SIGSTOP');
    await leader.send(['fenced', 'LATE']);
    await standby.leads();
    await standby.send(...tasks('fenced', 5));
    leader.daemon.child.kill('SIGCONT');
    expect(await leader.daemon.exit).toEqual({ code: 75, signal: null });
    await standby.send(['fenced', 'FINISHED']);
    await Promise.all(clients.map((client) => client.reaches(11)));
    for (const { checker } of clients) {
      expect(checker).toMatchObject({ faults: [], resets: 0, continued: 0 });
      expect([...checker.contents.values()].join()).not.toContain('LATE');
    }
    await expectSameChannel('fenced', standby, ...edges);
    leader = standby;
  });

  it('continues under another epoch when the ingest may have shown more than Redis has', async () => {
    await leader.stop();
    const all = await cluster.add('all');
    await all.becomes({ state: 'leading' });
    const standby = await cluster.add('ingest');
    const clients = [
      ...RoamingClient.ofEachKind('all', seen, [all, ...edges]),
      ...RoamingClient.ofEachKind('all', seen, edges),
    ];
    await all.send(...tasks('all', 5));
    await Promise.all(clients.map((client) => client.reaches(5)));
    await all.kill();
    await standby.leads();
    await standby.send(...tasks('all', 5), ['all', 'FINISHED']);
    await Promise.all(clients.map((client) => client.reaches(11)));
    for (const { checker } of clients) expect(checker).toMatchObject({ faults: [], resets: 0, continued: 1 });
    await expectSameChannel('all', standby, ...edges);
    leader = standby;
  });
});

describe('an edge', () => {
  it('takes the clients of a killed edge, at their positions, and without a hole when it is behind', async () => {
    const third = await cluster.add('edge');
    const clients = [
      ...RoamingClient.ofEachKind('hops', seen, [third, ...edges]),
      ...RoamingClient.ofEachKind('hops', seen, edges),
    ];
    await leader.send(...tasks('hops', 50));
    await Promise.all(clients.map((client) => client.reaches(50)));
    const [behind] = edges;
    behind!.daemon.child.kill('SIGSTOP');
    await leader.send(...tasks('hops', 50));
    await clients[0]!.reaches(100);
    await third.kill();
    behind!.daemon.child.kill('SIGCONT');
    await leader.send(...tasks('hops', 50), ['hops', 'FINISHED']);
    await Promise.all(clients.map((client) => client.reaches(151)));
    for (const { checker } of clients) expect(checker).toMatchObject({ faults: [], resets: 0, continued: 0 });
    await expectSameChannel('hops', leader, ...edges);
  });
});

function tasks(channel: string, count: number): string[][] {
  return Array.from({ length: count }, (_, index) => [channel, 'TASK', `task ${index}`, 'COMPLETED']);
}
