import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IConfigMap, IPersistentVolumeClaim, IService } from 'kubernetes-models/v1';

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface Kinds {
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  NetworkPolicy: INetworkPolicy;
  PersistentVolumeClaim: IPersistentVolumeClaim;
  PodDisruptionBudget: IPodDisruptionBudget;
  Service: IService;
}

/** The objects of a rendered base, overlay or chart. */
export class Manifests {
  readonly all: readonly Manifest[];

  constructor(text: string | readonly Manifest[]) {
    this.all = typeof text === 'string' ? parsed(text) : text;
  }

  /** The objects of a role in a relay, and the configuration. */
  ofRole(role: string): Manifests {
    return new Manifests(
      this.all.filter(({ kind, metadata }) => {
        const component = metadata.labels['app.kubernetes.io/component'];
        return component === role || (kind === 'ConfigMap' && component === undefined);
      }),
    );
  }

  /** The objects of a kind. */
  of<K extends keyof Kinds>(kind: K): (Manifest & Kinds[K])[] {
    return this.all.filter((manifest) => manifest.kind === kind) as (Manifest & Kinds[K])[];
  }

  /** The only object of a kind. */
  one<K extends keyof Kinds>(kind: K): Manifest & Kinds[K] {
    const found = this.of(kind);
    if (found.length !== 1) throw new Error(`expected one ${kind}, got ${found.length}`);
    return found[0]!;
  }

  get pod(): NonNullable<NonNullable<IDeployment['spec']>['template']['spec']> {
    return this.one('Deployment').spec!.template.spec!;
  }

  get container(): (typeof this.pod)['containers'][number] {
    return this.pod.containers[0]!;
  }

  /** Where the container has a volume. */
  mountPath(volume: string): string | undefined {
    return this.container.volumeMounts!.find(({ name }) => name === volume)?.mountPath;
  }

  /** The configuration file of the monitor. */
  get configuration(): string {
    return this.one('ConfigMap').data!['config.yml']!;
  }

  /** Seconds of the pause before the stop signal. */
  get preStop(): number {
    return this.container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  }
}

function parsed(text: string): Manifest[] {
  // Kubernetes reads YAML 1.1, in which the mode 0440 is octal.
  const manifests = loadAll(text, { schema: YAML11_SCHEMA }) as (Manifest | null)[];
  return manifests.filter((manifest) => manifest !== null);
}

/** The bytes of a quantity in Mi or Gi. */
export function bytesOf(quantity: string | number): number {
  const [, count, unit] = /^(\d+)(Mi|Gi)$/.exec(String(quantity))!;
  return Number(count) * 1024 ** (unit === 'Gi' ? 3 : 2);
}
