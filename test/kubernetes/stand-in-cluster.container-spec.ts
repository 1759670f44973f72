import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { chart, CHART } from '../containers/chart.js';
import { kustomize, overlay } from '../containers/kubernetes-tools.js';
import { Manifests } from '../containers/manifests.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { markedBlock } from '../fixtures/markdown.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { KubernetesCommands } from './kubernetes-commands.js';
import { StandInCluster } from './stand-in-cluster.js';

const BASE = 'packaging/kubernetes/base';
const directory = useTemporaryDirectory();
let cluster: StandInCluster;

beforeEach(async () => {
  cluster = await StandInCluster.start();
});

afterEach(() => cluster.stop());

describe('the stand-in API server', () => {
  it('refuses an object in a namespace that does not exist', async () => {
    await expect(cluster.kubectl('apply', '-n', 'nowhere', '-k', BASE)).rejects.toThrow(
      'namespaces "nowhere" not found',
    );
  });

  it.each([
    ['an unknown field', { replcas: 1 }, /strict decoding error: .*replcas/],
    [
      'a value of another type',
      { replicas: 'one' },
      /The Deployment "recodex-monitor" is invalid: .*replicas/,
    ],
  ])('refuses %s', async (_name, spec, problem) => {
    await expect(cluster.kubectl('apply', '-f', deployment(spec))).rejects.toThrow(problem);
    expect(cluster.store.list('deployments')).toEqual([]);
  });

  it('refuses another selector of a Deployment', async () => {
    await cluster.kubectl('apply', '-f', deployment({ replicas: 0 }));
    const selector = { matchLabels: { app: 'other' } };
    await expect(cluster.kubectl('apply', '-f', deployment({ replicas: 0, selector }))).rejects.toThrow(
      'field is immutable',
    );
  });

  it('refuses a Secret that exists, and an unknown kind', async () => {
    const create = ['create', 'secret', 'generic', 'password', '--from-literal=a=b'];
    await cluster.kubectl(...create);
    await expect(cluster.kubectl(...create)).rejects.toThrow('secrets "password" already exists');
    await expect(cluster.kubectl('get', 'unicorns')).rejects.toThrow('resource type');
  });

  it('removes what a later manifest no longer has', async () => {
    await cluster.kubectl('apply', '-k', BASE);
    const file = directory.file('manifests.yaml');
    writeFileSync(
      file,
      overlay('base', markedBlock(readFileSync('docs/containers.md', 'utf8'), 'without-journal')),
    );
    await cluster.kubectl('apply', '-f', file);
    await cluster.kubectl('rollout', 'status', 'deployment/recodex-monitor');
    expect(container().env ?? []).toEqual([]);
    expect(container().volumeMounts!.map(({ name }) => name)).toEqual(['config']);
    expect(await readiness()).toMatchObject({ info: { journal: { state: 'off' } } });
  });
});

describe('a rollout', () => {
  it('waits for a Secret that does not exist. Then Services bring messages from the broker to the clients', async () => {
    await cluster.kubectl('create', 'namespace', 'recodex');
    await cluster.kubectl('apply', '-k', 'packaging/kubernetes/overlays/scaled');
    const status = ['-n', 'recodex', 'rollout', 'status', 'deployment/recodex-monitor-ingest'];
    await expect(cluster.kubectl(...status, '--timeout', '1s')).rejects.toThrow('timed out');
    const secret = ['secret', 'generic', 'recodex-monitor-redis', '--from-literal=password=of-redis'];
    await cluster.kubectl('-n', 'recodex', 'create', ...secret);
    expect(await cluster.kubectl(...status)).toContain('successfully rolled out');
    await cluster.kubectl('-n', 'recodex', 'rollout', 'status', 'deployment/recodex-monitor-edge');

    // The Service has both Pods of the ingest, and only one of them takes messages.
    const broker = await FakeBroker.connect(`tcp://${address('recodex', 'recodex-monitor-zeromq', 7894)}`);
    onTestFinished(() => broker.close());
    await broker.send('job-1', '{"command":"STARTED"}');
    const channel = `http://${address('recodex', 'recodex-monitor', 4567)}/channels/job-1`;
    await vi.waitFor(
      async () => {
        const response = await fetch(channel, { headers: { Accept: 'application/json' } });
        expect(await response.json()).toMatchObject({ messages: 1 });
      },
      { timeout: 20_000 },
    );
  });

  it('of helm replaces the Pod when the configuration changes, and brings the old one back', async () => {
    const args = ['--wait', '--timeout', '30s', '--set'];
    await cluster.helm('install', 'recodex-monitor', CHART, ...args, 'config.logger.level=warning');
    const [first] = podNames();
    expect(configuredLevel()).toBe('warning');
    await cluster.helm('upgrade', 'recodex-monitor', CHART, ...args, 'config.logger.level=debug');
    expect(configuredLevel()).toBe('debug');
    expect(podNames()).toHaveLength(1);
    expect(podNames()).not.toContain(first);
    await cluster.helm('rollback', 'recodex-monitor', '--wait', '--timeout', '30s');
    expect(configuredLevel()).toBe('warning');
    await cluster.helm('uninstall', 'recodex-monitor', '--wait', '--timeout', '30s');
    expect(podNames()).toEqual([]);
  });

  it('of helm finds what kubectl has installed, and refuses to replace it', async () => {
    await cluster.kubectl('apply', '-k', BASE);
    await expect(cluster.helm('install', 'recodex-monitor', CHART)).rejects.toThrow(
      /exists and cannot be imported into the current release/,
    );
  });
});

describe('the checks of documented commands', () => {
  it('find a command without effect, and a command that no check knows', async () => {
    const commands = new KubernetesCommands(cluster);
    await expect(commands.check('kubectl create namespace nowhere')).rejects.toThrow('undefined');
    await expect(commands.check(`kubectl apply -k ${BASE}`)).rejects.toThrow('ServiceAccount');
    await expect(commands.check(`helm install recodex-monitor ${CHART}`)).rejects.toThrow('expected [] to');
    await cluster.kubectl('create', 'secret', 'generic', 'left', '--from-literal=a=b', '--type=other');
    await expect(commands.check('helm uninstall recodex-monitor --namespace default')).rejects.toThrow(
      'left',
    );
    await expect(commands.check('kubectl drain node')).rejects.toThrow('add a check of its effect');
  });
});

describe('the manifests', () => {
  it.each([
    ['the base', () => kustomize(BASE)],
    ['the chart', () => chart({ serviceMonitor: { enabled: true } })],
  ])('of %s are unchanged when they are applied again', async (_name, render) => {
    const file = directory.file('manifests.yaml');
    writeFileSync(file, render());
    await cluster.kubectl('apply', '-f', file);
    const again = await cluster.kubectl('apply', '-f', file);
    const changed = again
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith(' unchanged'));
    // kubectl sends the selector of a disruption budget each time, because Kubernetes replaces it as a whole.
    expect(changed.filter((line) => !line.startsWith('poddisruptionbudget'))).toEqual([]);
  });
});

function deployment(changes: object): string {
  const manifest = new Manifests(kustomize(BASE)).one('Deployment');
  const file = join(directory.path, 'deployment.json');
  writeFileSync(file, JSON.stringify({ ...manifest, spec: { ...manifest.spec, ...changes } }));
  return file;
}

function container(): NonNullable<
  NonNullable<IDeployment['spec']>['template']['spec']
>['containers'][number] {
  const { spec } = cluster.store.list('deployments')[0] as unknown as IDeployment;
  return spec!.template.spec!.containers[0]!;
}

function podNames(): string[] {
  return cluster.store.list('pods').map(({ metadata }) => metadata.name);
}

function configuredLevel(): string {
  const { data } = cluster.store.list('configmaps')[0] as unknown as { data: Record<string, string> };
  return (load(data['config.yml']!) as { logger: { level: string } }).logger.level;
}

async function readiness(): Promise<unknown> {
  const admin = address('default', 'recodex-monitor-admin', 4568);
  return (await fetch(`http://${admin}/health/ready`)).json();
}

/** The address of this machine for a port of a Service. */
function address(namespace: string, service: string, port: number): string {
  return `127.0.0.1:${cluster.portOf(namespace, service, port)}`;
}
