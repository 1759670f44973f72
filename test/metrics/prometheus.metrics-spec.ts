import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useDaemons } from '../fixtures/daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { markedBlock } from '../fixtures/markdown.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { TestClient } from '../fixtures/test-client.js';
import { dashboardQueries } from './dashboard.js';
import { Prometheus } from './prometheus.js';

/** The number of alerts. */
const ALERTS = readFileSync('packaging/prometheus/alerts.yml', 'utf8').match(/- alert:/g)!.length;

const daemons = useDaemons();
const directory = useTemporaryDirectory();

describe('promtool', () => {
  it('finds no error in the alerts and in the example configuration', () => {
    expect(promtool('check', 'rules', 'packaging/prometheus/alerts.yml')).toContain('SUCCESS');
    expect(promtool('check', 'config', 'packaging/prometheus/prometheus.yml')).toContain('SUCCESS');
  });

  it('finds no error in the token of docs/kubernetes.md', () => {
    const block = markedBlock(readFileSync('docs/kubernetes.md', 'utf8'), 'prometheus-authorization');
    const authorization = block
      .trim()
      .replace('/etc/prometheus/recodex-monitor.token', directory.file('token'));
    const job = `scrape_configs: [{ job_name: recodex-monitor, ${authorization} }]`;
    writeFileSync(directory.file('token'), 'token');
    writeFileSync(directory.file('prometheus.yml'), job);
    expect(promtool('check', 'config', directory.file('prometheus.yml'))).toContain('SUCCESS');
  });

  it('passes the tests of the alerts', () => {
    expect(promtool('test', 'rules', 'packaging/prometheus/alerts.test.yml')).toContain('SUCCESS');
  });

  it('finds no error in the metrics', async () => {
    const { admin } = await startDaemon();
    const text = await (await fetch(`http://${admin}/metrics`)).text();
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  });
});

describe('Prometheus', () => {
  let prometheus: Prometheus | undefined;
  let broker: FakeBroker | undefined;

  beforeEach(() => {
    prometheus = broker = undefined;
  });

  afterEach(async () => {
    broker?.close();
    await prometheus?.stop();
  });

  it('scrapes the daemon, evaluates the alerts, and answers each query of the dashboard', async () => {
    const { admin, ws, zeromq } = await startDaemon();
    broker = await FakeBroker.connect(zeromq);
    prometheus = await Prometheus.start(admin);
    await becomes('up{job="recodex-monitor"}', 1);
    await becomes('recodex_monitor_broker_peers', 1);

    const client = new TestClient(`${ws}/channels/job`);
    await client.opened();
    await broker.send('job', 'STARTED');
    await broker.send('job', 'TASK', 'compile', 'COMPLETED');
    await client.received(2);
    await becomes('recodex_monitor_messages_total{command="TASK"}', 1);
    await becomes('recodex_monitor_connections{protocol="recodex.v1"}', 1);
    await becomes('recodex_monitor_channels{state="running"}', 1);
    await broker.send('job', 'FINISHED');
    await client.closed;
    await becomes('recodex_monitor_closed_connections_total{code="1000", reason="finished"}', 1);
    const { job: _job, instance: _instance, ...labels } = (await prometheus.query('up'))[0]!.metric;
    expect(labels).toEqual({ __name__: 'up' });

    for (const query of dashboardQueries) await prometheus.query(query);
    const { groups } = await prometheus.get<{ groups: { rules: { health: string }[] }[] }>('rules');
    expect(groups.flatMap(({ rules }) => rules.map(({ health }) => health))).toEqual(
      Array.from({ length: ALERTS }, () => 'ok'),
    );
    expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([]);
  });

  async function becomes(query: string, value: number): Promise<void> {
    await vi.waitFor(async () => expect((await prometheus!.query(query))[0]?.value[1]).toBe(String(value)), {
      timeout: 10_000,
      interval: 100,
    });
  }
});

async function startDaemon() {
  const addresses = await daemons.startDaemon({ RECODEX_MONITOR_ADMIN_URI: '127.0.0.1:0' });
  const [, admin] = await addresses.daemon.printed(/key=admin_uri address=(\S+)/);
  return { ...addresses, admin: admin! };
}

/** What promtool prints. Throws when it fails. */
function promtool(...args: string[]): string {
  return execFileSync('promtool', args, { encoding: 'utf8' });
}
