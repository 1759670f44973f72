import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KUBERNETES_TOOLS } from '../containers/kubernetes-tools.js';
import { ApiServer } from './api-server.js';
import { ObjectStore } from './object-store.js';
import { ServiceProxies } from './service-proxies.js';
import { Workloads } from './workloads.js';

/**
 * Stands for a cluster of Kubernetes: an API server for kubectl and helm, Pods as processes of this machine, Services as ports. It
 * has no nodes, no network policies, no Ingress controller, no autoscaler and no access control. It needs root, because Pods
 * have users.
 */
export class StandInCluster {
  readonly store = new ObjectStore();
  private readonly folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-cluster-'));
  private readonly workloads: Workloads;
  private readonly services: ServiceProxies;
  private server: ApiServer | undefined;

  private constructor() {
    chmodSync(this.folder, 0o755);
    this.services = new ServiceProxies(this.store, () => this.workloads.all);
    this.workloads = new Workloads(this.store, {
      store: this.store,
      folder: this.folder,
      translateServices: (namespace, text) => this.services.translate(namespace, text),
    });
  }

  static async start(): Promise<StandInCluster> {
    if (process.getuid!() !== 0)
      throw new Error('expected root, which starts Pods as their users: run as root');
    const cluster = new StandInCluster();
    cluster.server = await ApiServer.start(cluster.store, (namespace, name, port) =>
      cluster.pod(namespace, name).portOf(port),
    );
    cluster.store.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    writeFileSync(cluster.kubeconfig, JSON.stringify(kubeconfigOf(cluster.server.url)));
    return cluster;
  }

  /** The file that tells kubectl and helm where the API server is. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** Runs kubectl. Resolves to its output; rejects with what it printed on stderr. */
  kubectl(...args: string[]): Promise<string> {
    return this.run('kubectl', args);
  }

  /** Runs helm, as `kubectl`. */
  helm(...args: string[]): Promise<string> {
    return this.run('helm', args);
  }

  /** The outputs of all Pods, for the message of a failed test. */
  get logs(): string {
    return this.workloads.all.map(({ object, output }) => `${object.metadata.name}:\n${output}`).join('\n');
  }

  /** The port of this machine for a port of a Service. */
  portOf(namespace: string, service: string, port: number): number {
    return this.services.portOf(namespace, service, port);
  }

  /** Removes all objects but the namespaces, and the Secrets that are not of helm. */
  async clear(): Promise<void> {
    const removed = this.store.changes.filter(
      ({ plural, object }) =>
        plural !== 'namespaces' && (plural !== 'secrets' || object['type'] === 'helm.sh/release.v1'),
    );
    for (const { plural, object } of removed) this.store.delete(plural, object);
    await this.workloads.settled();
  }

  async stop(): Promise<void> {
    await this.workloads.stop();
    this.services.stop();
    await this.server?.stop();
    rmSync(this.folder, { recursive: true });
  }

  private async run(tool: string, args: readonly string[]): Promise<string> {
    // The home directory has what kubectl knows about the server.
    const env = { PATH: process.env['PATH'], HOME: this.folder, KUBECONFIG: this.kubeconfig };
    const { stdout } = await promisify(execFile)(join(KUBERNETES_TOOLS, tool, tool), args, { env });
    return stdout;
  }

  private pod(namespace: string, name: string): Workloads['all'][number] {
    const found = this.workloads.all.find(
      ({ object }) => object.metadata.name === name && object.metadata.namespace === namespace,
    );
    if (!found) throw new Error(`expected the Pod ${name} in ${namespace}, got none`);
    return found;
  }
}

function kubeconfigOf(server: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'stand-in', cluster: { server } }],
    contexts: [{ name: 'stand-in', context: { cluster: 'stand-in', user: 'nobody' } }],
    users: [{ name: 'nobody', user: {} }],
    'current-context': 'stand-in',
  };
}
