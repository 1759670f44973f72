import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** An object that the server stores. */
export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

/** A change of an object. */
export interface StoreChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: string;
  readonly object: StoredObject;
  /** The version of the store after the change. */
  readonly version: number;
}

/** The objects of a cluster in memory, and all changes. It lives as long as a test, so the list of changes has no bound. */
export class ObjectStore {
  readonly changes: StoreChange[] = [];
  private readonly all = new Map<string, StoredObject>();
  private readonly listeners = new Set<(change: StoreChange) => void>();

  get version(): number {
    return this.changes.length;
  }

  get(plural: string, namespace: string | undefined, name: string): StoredObject | undefined {
    return this.all.get(keyOf(plural, namespace, name));
  }

  /** All objects of a kind, in a namespace or in all. */
  list(plural: string, namespace?: string): StoredObject[] {
    const found = [...this.all].filter(([key]) => key.startsWith(`${plural} `));
    return found
      .map(([, object]) => object)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  }

  /** All objects in a namespace. */
  objects(namespace: string): StoredObject[] {
    return [...this.all.values()].filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** Stores a new object, or another version. Another `spec` is another generation; another status is not. */
  put(plural: string, object: StoredObject): StoredObject {
    const { name, namespace } = object.metadata;
    const before = this.get(plural, namespace, name);
    const stored = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: before?.metadata['uid'] ?? randomUUID(),
        creationTimestamp:
          before?.metadata['creationTimestamp'] ?? `${new Date().toISOString().slice(0, 19)}Z`,
        generation: nextGeneration(before, object),
        resourceVersion: before?.metadata.resourceVersion ?? '',
      },
    };
    if (before && isDeepStrictEqual(before, stored)) return before;
    stored.metadata.resourceVersion = String(this.version + 1);
    this.all.set(keyOf(plural, namespace, name), stored);
    this.report(before ? 'MODIFIED' : 'ADDED', plural, stored);
    return stored;
  }

  /** Replaces the status of an object, if the object exists. */
  putStatus(plural: string, { metadata }: StoredObject, status: object): void {
    const object = this.get(plural, metadata.namespace, metadata.name);
    if (object) this.put(plural, { ...object, status });
  }

  delete(plural: string, { metadata }: StoredObject): void {
    const key = keyOf(plural, metadata.namespace, metadata.name);
    const object = this.all.get(key);
    if (!object) return;
    this.all.delete(key);
    const resourceVersion = String(this.version + 1);
    this.report('DELETED', plural, { ...object, metadata: { ...object.metadata, resourceVersion } });
  }

  /** Reports each later change. Returns a function that ends this. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private report(type: StoreChange['type'], plural: string, object: StoredObject): void {
    const change = { type, plural, object, version: this.version + 1 };
    this.changes.push(change);
    for (const listener of this.listeners) listener(change);
  }
}

function keyOf(plural: string, namespace: string | undefined, name: string): string {
  return `${plural} ${namespace ?? ''}/${name}`;
}

function nextGeneration(before: StoredObject | undefined, after: StoredObject): number {
  if (!before) return 1;
  const isSameSpec = isDeepStrictEqual(before.spec, after.spec);
  return before.metadata.generation! + (isSameSpec ? 0 : 1);
}
