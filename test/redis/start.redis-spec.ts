import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { useCertificates } from '../fixtures/certificates.js';
import { eventually, RelayCluster } from '../fixtures/redis/relay-cluster.js';

let cluster: RelayCluster;
const certificates = useCertificates();
afterEach(() => cluster.remove());

describe('the start', () => {
  it.each(['ingest', 'edge', 'all'] as const)(
    'of %s without Redis opens the listeners, and is ready later',
    async (role) => {
      cluster = await RelayCluster.start();
      await cluster.redis.kill();
      const node = await cluster.launch(role);
      expect(await Promise.all(['live', 'ready'].map((probe) => node.probe(probe)))).toEqual([200, 503]);
      await eventually(() => expect(node.daemon.output).toContain('Redis is away'));
      await cluster.redis.start();
      await eventually(async () => expect(await node.probe('ready')).toBe(200));
      await node.stop();
    },
  );

  it('with a wrong password tells so, and never the password', async () => {
    cluster = await RelayCluster.start({ password: 'right' });
    const node = await cluster.launch('edge', { RECODEX_MONITOR_RELAY_PASSWORD: 'wrong-secret' });
    await eventually(() => expect(node.daemon.output).toContain('WRONGPASS'));
    expect(node.daemon.output).not.toContain('wrong-secret');
    expect(await node.probe('ready')).toBe(503);
    await cluster.add('ingest');
  });

  it('with TLS checks the certificate of Redis', async () => {
    const [authority, foreign] = [
      certificates.make({ name: 'authority' }),
      certificates.make({ name: 'foreign' }),
    ];
    const server = certificates.make({ name: 'redis', authority });
    cluster = await RelayCluster.start({ tls: { ...server, ca: authority.cert } });
    await cluster.add('ingest');
    const node = await cluster.launch('edge', { RECODEX_MONITOR_RELAY_CA: foreign.cert });
    await eventually(() => expect(node.daemon.output).toMatch(/certificate/));
    expect(await node.probe('ready')).toBe(503);
  });

  it('without a relay loads no code of the client for Redis', async () => {
    cluster = await RelayCluster.start();
    const listing = certificates.file('modules.mjs');
    // Prints the URL of each module that is loaded.
    writeFileSync(
      listing,
      `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent("export async function load(url, context, next) { process._rawDebug('loads', url); return next(url, context); }"));`,
    );
    const command = [process.execPath, '--import', listing];
    const [alone, edge] = await Promise.all([
      BuiltDaemon.start(await freePorts(), {}, { command }).untilReady(),
      BuiltDaemon.start(
        await freePorts(),
        { RECODEX_MONITOR_RELAY_URL: cluster.redis.url },
        { command },
      ).untilReady(),
    ]);
    await Promise.all([alone.stop(), edge.stop()]);
    expect(edge.output).toMatch(/^loads .*redis/m);
    expect(alone.output).toMatch(/^loads /m);
    expect(alone.output).not.toMatch(/^loads .*redis/m);
  });
});

describe('a stream without a whole segment', () => {
  it('is taken over only when nobody else does', async () => {
    cluster = await RelayCluster.start();
    await cluster.redis.command('XADD', 'recodex:progress', '5-1', 'r1', '');
    const ingest = await cluster.launch('ingest');
    expect(await ingest.probe('ready')).toBe(503);
    await ingest.becomes({ state: 'leading' });
    expect(ingest.daemon.output).toContain('without some of them');
  });
});
