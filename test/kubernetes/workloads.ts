import { createHash } from 'node:crypto';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { ObjectStore, StoredObject } from './object-store.js';
import { type PodHost, PodProcess } from './pod-process.js';
import { workloadStatus, podStatus } from './workload-status.js';

/** A Deployment or a StatefulSet. */
type Workload = StoredObject & { readonly spec: NonNullable<IDeployment['spec'] & IStatefulSet['spec']> };

const PLURALS = ['deployments', 'statefulsets'];

/** The kinds that the volumes of a Pod may wait for. */
const VOLUME_SOURCES = ['configmaps', 'persistentvolumeclaims', 'secrets'];

/** Runs the Pods of Deployments and StatefulSets, and writes the status of both. There is no autoscaler. */
export class Workloads {
  /** The Pods of each workload, by its key. */
  private readonly pods = new Map<string, PodProcess[]>();
  /** Only one change of a workload happens at a time. */
  private readonly pending = new Map<string, Promise<void>>();
  private count = 0;

  constructor(
    private readonly store: ObjectStore,
    private readonly host: PodHost,
  ) {
    store.onChange(({ plural, object }) => {
      if (PLURALS.includes(plural)) this.reconcile(plural, object);
      if (VOLUME_SOURCES.includes(plural)) for (const pod of this.all) pod.tryStart();
    });
  }

  get all(): PodProcess[] {
    return [...this.pods.values()].flat();
  }

  /** Ends all Pods. */
  async stop(): Promise<void> {
    await Promise.all(this.pending.values());
    await Promise.all(this.all.map((pod) => pod.stop()));
  }

  /** Resolves when no Pod is being stopped or started. */
  async settled(): Promise<void> {
    await Promise.all(this.pending.values());
  }

  private reconcile(plural: string, { metadata }: StoredObject): void {
    const key = `${plural} ${metadata.namespace}/${metadata.name}`;
    const before = this.pending.get(key) ?? Promise.resolve();
    const converge = (): Promise<void> => {
      const workload = this.store.get(plural, metadata.namespace, metadata.name);
      return this.converge(key, plural, workload as Workload | undefined);
    };
    this.pending.set(key, before.then(converge));
  }

  private async converge(key: string, plural: string, workload: Workload | undefined): Promise<void> {
    const pods = this.pods.get(key) ?? [];
    if (!workload) {
      this.pods.delete(key);
      return this.end(pods);
    }
    const { replicas = 1, strategy, template } = workload.spec;
    const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
    const isNew = ({ object }: PodProcess): boolean => object.metadata.labels!['pod-template-hash'] === hash;
    const old = pods.filter((pod) => !isNew(pod));
    const current = pods.filter(isNew);
    const isReplaced = current.length >= replicas && current.every(({ isReady }) => isReady);
    const surplus = current.splice(replicas);
    const ended = strategy?.type === 'RollingUpdate' && !isReplaced ? surplus : [...surplus, ...old];
    const kept = pods.filter((pod) => !ended.includes(pod));
    this.pods.set(key, kept);
    await this.end(ended);
    for (let missing = replicas - current.length; missing > 0; missing--)
      kept.push(await this.startPod(plural, workload, hash));
    this.store.putStatus(plural, workload, workloadStatus(workload, kept, isNew));
  }

  private async startPod(plural: string, workload: Workload, hash: string): Promise<PodProcess> {
    const { namespace } = workload.metadata;
    const { spec, metadata } = workload.spec.template;
    const name = `${workload.metadata.name}-${++this.count}`;
    const claims = (workload.spec.volumeClaimTemplates ?? []).map((template) => {
      const claimName = `${template.metadata!.name}-${workload.metadata.name}-0`;
      const claim = { ...template, apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
      this.store.put('persistentvolumeclaims', {
        ...claim,
        metadata: { name: claimName, namespace: namespace! },
      });
      return { name: template.metadata!.name!, persistentVolumeClaim: { claimName } };
    });
    const object = this.store.put('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: namespace!, labels: { ...metadata!.labels, 'pod-template-hash': hash } },
      spec: { ...spec, volumes: [...(spec!.volumes ?? []), ...claims] },
      status: podStatus('Pending'),
    });
    const pod = await PodProcess.create(object, this.host, () => {
      this.store.putStatus('pods', object, podStatus('Running', pod.isReady));
      this.reconcile(plural, workload);
    });
    pod.tryStart();
    return pod;
  }

  private async end(pods: readonly PodProcess[]): Promise<void> {
    for (const { object } of pods) this.store.delete('pods', object);
    await Promise.all(pods.map((pod) => pod.stop()));
  }
}
