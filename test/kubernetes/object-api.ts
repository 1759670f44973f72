import { ApiError } from './api-error.js';
import { apiResource, type ApiResource } from './api-resources.js';
import { checkObject } from './object-checks.js';
import { applyFields, type JsonObject, mergePatch, strategicMergePatch } from './object-patches.js';
import type { ObjectStore, StoredObject } from './object-store.js';

/** How a client sends an object. */
interface SendOptions {
  /** Whether unknown fields are errors. */
  readonly isStrict: boolean;
  /** The name of the client that sets the fields. */
  readonly manager: string;
  readonly contentType: string;
}

/** Creates, reads, changes and removes objects. Throws an `ApiError` for what Kubernetes refuses. */
export class ObjectApi {
  /** What each manager has applied, by object. */
  private readonly applied = new Map<string, JsonObject>();
  private addresses = 0;

  constructor(private readonly store: ObjectStore) {}

  get(resource: ApiResource, namespace: string | undefined, name: string): StoredObject {
    const object = this.store.get(resource.plural, namespace, name);
    if (!object) throw ApiError.notFound(resource, name);
    return object;
  }

  create(
    resource: ApiResource,
    namespace: string | undefined,
    body: JsonObject,
    options: SendOptions,
  ): StoredObject {
    const object = this.parse(resource, namespace, body);
    const { name } = object.metadata;
    if (this.store.get(resource.plural, namespace, name)) throw ApiError.alreadyExists(resource, name);
    return this.put(resource, object, undefined, options);
  }

  replace(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
    body: JsonObject,
    options: SendOptions,
  ): StoredObject {
    const before = this.get(resource, namespace, name);
    const object = this.parse(resource, namespace, body);
    const { resourceVersion } = object.metadata;
    if (resourceVersion && resourceVersion !== before.metadata.resourceVersion)
      throw new ApiError('Conflict', `${resource.plural} "${name}": the object has been modified`);
    return this.put(resource, { ...object, status: before.status }, before, options);
  }

  patch(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
    body: JsonObject,
    options: SendOptions,
  ): StoredObject {
    if (options.contentType.startsWith('application/apply-patch'))
      return this.apply(resource, namespace, name, body, options);
    const before = this.get(resource, namespace, name);
    const isStrategic = options.contentType.startsWith('application/strategic-merge-patch');
    const patched = (isStrategic ? strategicMergePatch : mergePatch)(before, body);
    return this.put(resource, patched as StoredObject, before, options);
  }

  /** Deletes an object at once: neither finalizers nor the pause before the end of a Pod delay this. */
  remove(resource: ApiResource, namespace: string | undefined, name: string): object {
    const object = this.get(resource, namespace, name);
    if (resource.kind === 'Namespace')
      throw new ApiError('BadRequest', 'the stand-in does not delete namespaces');
    this.store.delete(resource.plural, object);
    const details = { name, kind: resource.plural, uid: object.metadata['uid'] };
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  }

  private apply(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
    body: JsonObject,
    options: SendOptions,
  ): StoredObject {
    const object = this.parse(resource, namespace, body);
    const before = this.store.get(resource.plural, namespace, name);
    const key = `${options.manager} ${resource.plural} ${namespace}/${name}`;
    const previous = before ? (this.applied.get(key) ?? {}) : {};
    const stored = this.put(
      resource,
      applyFields(before ?? {}, previous, object) as StoredObject,
      before,
      options,
    );
    this.applied.set(key, object);
    return stored;
  }

  private put(
    resource: ApiResource,
    object: StoredObject,
    before: StoredObject | undefined,
    { isStrict }: SendOptions,
  ): StoredObject {
    const { name, namespace } = object.metadata;
    if (namespace !== undefined && !this.store.get('namespaces', undefined, namespace))
      throw ApiError.notFound(apiResource('v1', 'namespaces')!, namespace);
    if (!name) throw ApiError.invalid(resource, '', 'metadata.name', 'Required value');
    checkObject(resource, object, before, isStrict);
    return this.store.put(resource.plural, this.withDefaults(resource, object));
  }

  /** An object of a request, without the fields that are null. */
  private parse(resource: ApiResource, namespace: string | undefined, body: JsonObject): StoredObject {
    const object = withoutNull(body) as StoredObject;
    if (object.kind !== resource.kind || object.apiVersion !== resource.apiVersion)
      throw new ApiError('BadRequest', `expected a ${resource.kind}, got a ${object.kind}`);
    return { ...object, metadata: { ...object.metadata, ...(namespace !== undefined && { namespace }) } };
  }

  private withDefaults({ kind }: ApiResource, object: StoredObject): StoredObject {
    if (kind === 'Namespace') return { ...object, status: { phase: 'Active' } };
    if (kind === 'PersistentVolumeClaim') return { ...object, status: { phase: 'Bound' } };
    if (kind !== 'Service') return object;
    const spec = object.spec as JsonObject;
    const clusterIP = spec['clusterIP'] ?? `10.96.0.${++this.addresses}`;
    return { ...object, spec: { type: 'ClusterIP', ...spec, clusterIP } };
  }
}

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(fields.map(([key, each]) => [key, withoutNull(each)]));
}
