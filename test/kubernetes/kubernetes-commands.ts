import { basename } from 'node:path';
import { expect, vi } from 'vitest';
import { kustomize } from '../containers/kubernetes-tools.js';
import { Manifests } from '../containers/manifests.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import type { StoredObject } from './object-store.js';
import type { StandInCluster } from './stand-in-cluster.js';

/** A certificate for the Secret with this name. */
interface NamedCertificate {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

type Check = (...groups: string[]) => void | Promise<void>;

/** Milliseconds that Pods may need to become ready. */
const READY_TIMEOUT = 30_000;

/** Checks in a cluster what a command of kubectl or helm has done. */
export class KubernetesCommands {
  private readonly brokers: FakeBroker[] = [];

  private readonly checks: readonly (readonly [command: RegExp, check: Check])[] = [
    // They print what test/containers/manifests.container-spec.ts checks.
    [/^kubectl kustomize |^helm (?:lint|template) /, () => {}],
    [/^kubectl create namespace (\S+)$/, (namespace) => this.namespaceExists(namespace)],
    [/^kubectl -n (\S+) create secret generic (\S+) (.+)$/, (...groups) => this.secretExists(...groups)],
    [/^kubectl apply -k (\S+)$/, (folder) => this.isApplied(new Manifests(kustomize(folder)))],
    [/^kubectl -n (\S+) rollout status deployment\/(\S+)$/, (...groups) => this.isRolledOut(...groups)],
    [
      /^helm (?:upgrade --)?install (\S+) (.+)$/,
      (release, rest) => this.isReleased(release, rest, 'install'),
    ],
    [/^helm upgrade (\S+) (.+)$/, (release, rest) => this.isReleased(release, rest, 'upgrade')],
    [/^helm rollback (\S+) (.+)$/, (release, rest) => this.isReleased(release, rest, 'rollback')],
    [/^helm uninstall (\S+) (.+)$/, (_release, rest) => this.isRemoved(rest)],
  ];

  /** @param certificate what cert-manager makes in each new namespace */
  constructor(
    private readonly cluster: StandInCluster,
    private readonly certificate?: NamedCertificate,
  ) {}

  /** Throws if a command has not done what it should do. */
  async check(command: string): Promise<void> {
    for (const [pattern, check] of this.checks) {
      const groups = pattern.exec(command);
      if (groups) return check(...groups.slice(1));
    }
    throw new Error(
      `expected a command whose effect is checked, got "${command}": add a check of its effect`,
    );
  }

  close(): void {
    for (const broker of this.brokers) broker.close();
  }

  private namespaceExists(namespace: string): void {
    expect(this.cluster.store.get('namespaces', undefined, namespace)).toBeDefined();
    if (!this.certificate) return;
    const { name, cert, key } = this.certificate;
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    this.cluster.store.put('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
    });
  }

  private secretExists(...[namespace, name, options]: string[]): void {
    const files = [...options!.matchAll(/--from-file=(\S+)/g)].map(([, file]) => basename(file!));
    const { data } = this.cluster.store.get('secrets', namespace, name!) as StoredObject & { data: object };
    expect(Object.keys(data).toSorted()).toEqual(files.toSorted());
  }

  private async isApplied(manifests: Manifests): Promise<void> {
    for (const { kind, metadata } of manifests.all)
      expect(this.find(kind, metadata.namespace ?? 'default', metadata.name), kind).toBeDefined();
    const { namespace = 'default' } = manifests.of('Deployment')[0]!.metadata;
    if (/require_broker: true/.test(manifests.of('ConfigMap')[0]!.data!['config.yml']!))
      await this.connectBroker(namespace);
    await this.areReady(namespace);
  }

  /** Connects the broker that `health.require_broker` waits for. */
  private async connectBroker(namespace: string): Promise<void> {
    const port = this.cluster.portOf(namespace, 'recodex-monitor-zeromq', 7894);
    this.brokers.push(await FakeBroker.connect(`tcp://127.0.0.1:${port}`));
  }

  private async isRolledOut(...[namespace, name]: string[]): Promise<void> {
    const { spec, status } = this.find('Deployment', namespace!, name!) as DeploymentObject;
    expect(status.readyReplicas).toBe(spec.replicas ?? 1);
    const admin = this.cluster.portOf(namespace!, 'recodex-monitor-admin', 4568);
    expect((await fetch(`http://127.0.0.1:${admin}/health/ready`)).status).toBe(200);
  }

  private async isReleased(release: string, options: string, action: string): Promise<void> {
    const namespace = namespaceOf(options);
    const revisions = this.releases(namespace, release);
    expect(revisions.map(({ metadata }) => metadata.labels!['status'])).toEqual([
      ...revisions.slice(1).map(() => 'superseded'),
      'deployed',
    ]);
    if (action === 'install') expect(revisions).toHaveLength(1);
    else expect(revisions.length).toBeGreaterThan(1);
    expect(this.deployments(namespace)).not.toEqual([]);
    await this.areReady(namespace);
  }

  private isRemoved(options: string): void {
    const namespace = namespaceOf(options);
    const left = this.cluster.store.objects(namespace).filter(({ kind }) => kind !== 'Pod');
    expect(left.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
  }

  /** Waits until all Deployments are ready, unless their Redis is out of reach. */
  private async areReady(namespace: string): Promise<void> {
    const configurations = this.cluster.store.list('configmaps', namespace);
    if (JSON.stringify(configurations).includes('//redis.example.org')) return;
    await vi.waitFor(
      () => {
        for (const { spec, status } of this.deployments(namespace)) {
          expect(status.updatedReplicas).toBe(spec.replicas ?? 1);
          expect(status.readyReplicas, this.cluster.logs).toBe(spec.replicas ?? 1);
        }
      },
      { timeout: READY_TIMEOUT },
    );
  }

  private deployments(namespace: string): DeploymentObject[] {
    return this.cluster.store.list('deployments', namespace) as DeploymentObject[];
  }

  /** The Secrets in which helm keeps the revisions of a release. */
  private releases(namespace: string, release: string): StoredObject[] {
    return this.cluster.store
      .list('secrets', namespace)
      .filter(({ metadata }) => metadata.labels?.['name'] === release);
  }

  private find(kind: string, namespace: string, name: string): StoredObject | undefined {
    const objects = this.cluster.store.objects(namespace);
    return objects.find((object) => object.kind === kind && object.metadata.name === name);
  }
}

type DeploymentObject = StoredObject & {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly updatedReplicas: number; readonly readyReplicas: number };
};

function namespaceOf(options: string): string {
  return /--namespace (\S+)/.exec(options)?.[1] ?? 'default';
}
