import { afterEach, describe, expect, it } from 'vitest';
import { eventually, RelayCluster, type RelayNode } from '../fixtures/redis/relay-cluster.js';
import { runMain } from '../fixtures/run-main.js';

interface RelayFinding {
  readonly check: string;
  readonly status: string;
  readonly text: string;
  readonly advice?: string;
}

let cluster: RelayCluster;
afterEach(() => cluster.remove());

describe('doctor of a process in a relay', () => {
  it('finds no problem of an ingest, a standby and an edge', async () => {
    cluster = await RelayCluster.start();
    const ingest = await cluster.add('ingest');
    const [standby, edge] = await Promise.all([cluster.add('all'), cluster.add('edge')]);
    await ingest.send(['job', 'STARTED']);
    const [leading, waiting, following] = await Promise.all([
      doctor(ingest),
      doctor(standby),
      doctor(edge, '--idle', '1', edge.url),
    ]);
    expect([leading.code, waiting.code, following.code]).toEqual([0, 0, 0]);
    expect(leading.findings).toMatchObject({
      daemon: { text: expect.stringContaining('serves no clients (role ingest)') as string },
      broker: { status: 'ok', text: expect.stringMatching(/^1 connected/) as string },
      redis: { status: 'ok' },
      relay: { status: 'ok', text: 'the daemon (ingest, leading) is up to date: lag 0 entries, 0 s' },
    });
    expect(leading.findings['open files']).toBeUndefined();
    expect(waiting.findings).toMatchObject({
      daemon: { text: expect.stringContaining('open for clients') as string },
      broker: { status: 'ok', text: expect.stringContaining('not needed') as string },
      relay: { status: 'ok', text: expect.stringContaining('(all, standby) is up to date') as string },
    });
    expect(following.findings).toMatchObject({
      broker: { status: 'ok', text: expect.stringContaining('not needed') as string },
      relay: { status: 'ok', text: expect.stringContaining('(edge, following) is up to date') as string },
      route: { status: 'ok' },
      upgrade: { status: 'ok' },
      'event stream': { status: 'ok' },
    });
  });

  it('says that a proxy leads clients to a process that serves none', async () => {
    cluster = await RelayCluster.start();
    const ingest = await cluster.add('ingest');
    const { code, findings } = await doctor(ingest, '--idle', '0', ingest.url);
    expect(code).toBe(1);
    for (const check of ['upgrade', 'event stream'])
      expect(findings[check]).toMatchObject({
        status: 'problem',
        advice: expect.stringContaining('the proxy must lead them to the edges') as string,
      });
  });

  it('says that no process takes messages', async () => {
    cluster = await RelayCluster.start();
    const edge = await cluster.launch('edge');
    await edge.becomes({ state: 'following' });
    const { code, findings } = await doctor(edge);
    expect(code).toBe(1);
    for (const check of ['redis', 'relay'])
      expect(findings[check]).toMatchObject({
        status: 'problem',
        text: expect.stringContaining('nobody takes messages') as string,
        advice: expect.stringContaining('Start a process with the role ingest or all') as string,
      });
  });

  it('says that Redis is away, may evict, and wants a password', async () => {
    cluster = await RelayCluster.start({ password: 'right' });
    const ingest = await cluster.add('ingest');
    await cluster.redis.command('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    const evicting = await doctor(ingest);
    expect(evicting.findings['redis']).toMatchObject({
      status: 'problem',
      text: expect.stringContaining('maxmemory-policy is allkeys-lru') as string,
    });

    const refused = await doctor(ingest, { RECODEX_MONITOR_RELAY_PASSWORD: 'wrong-secret' });
    expect(refused.findings['redis']).toMatchObject({
      status: 'problem',
      advice: expect.stringContaining('Correct relay.user and its password') as string,
    });
    expect(JSON.stringify(refused)).not.toContain('wrong-secret');

    await cluster.redis.kill();
    await ingest.becomes({ state: 'away' });
    const away = await doctor(ingest);
    expect(away.code).toBe(1);
    expect(away.findings).toMatchObject({
      redis: { status: 'problem', text: expect.stringContaining('ECONNREFUSED') as string },
      relay: {
        status: 'problem',
        advice: expect.stringContaining('Keep the daemon running') as string,
      },
    });
  });

  it('says that the process has other settings of the relay than the file', async () => {
    cluster = await RelayCluster.start();
    await cluster.add('ingest');
    const edge = await cluster.add('edge');
    await eventually(async () => {
      const { code, findings } = await doctor(edge, { RECODEX_MONITOR_RELAY_STREAM: 'other' });
      expect(code).toBe(1);
      expect(findings).toMatchObject({
        configuration: {
          status: 'warning',
          text: expect.stringContaining('other values of relay.stream') as string,
        },
        redis: { status: 'problem', advice: expect.stringContaining('compare relay.url') as string },
        relay: { status: 'ok' },
      });
    });
  });
});

/** Runs the command with the settings of a process. An object among the arguments changes them. */
async function doctor(
  node: RelayNode,
  ...options: (string | Record<string, string>)[]
): Promise<{ readonly code: number | null; readonly findings: Record<string, RelayFinding> }> {
  const args = options.filter((option) => typeof option === 'string');
  const changes = options.filter((option) => typeof option === 'object');
  const run = runMain(['doctor', '--json', ...args], Object.assign(node.environment, ...changes));
  const code = await run.exit;
  const { findings } = JSON.parse(run.out) as { findings: RelayFinding[] };
  return { code, findings: Object.fromEntries(findings.map((finding) => [finding.check, finding])) };
}
