import { isDeepStrictEqual } from 'node:util';
import { typeErrors, validateManifest } from '../containers/kubernetes-schema.js';
import { ApiError } from './api-error.js';
import type { ApiResource } from './api-resources.js';
import type { StoredObject } from './object-store.js';

/** Fields of a `spec` that never change. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['selector'],
  StatefulSet: ['selector', 'serviceName', 'volumeClaimTemplates'],
  PersistentVolumeClaim: ['accessModes', 'storageClassName', 'volumeName'],
};

/** Throws an `ApiError` for an object that Kubernetes refuses. @param isStrict whether unknown fields are errors */
export function checkObject(
  resource: ApiResource,
  object: StoredObject,
  before: StoredObject | undefined,
  isStrict: boolean,
): void {
  const { kind, apiVersion } = resource;
  // The operator has the schema of this kind.
  if (kind !== 'ServiceMonitor') {
    const { status: _status, ...checked } = object;
    checkSchema(resource, checked);
    const [unknown] = isStrict ? typeErrors([checked as Parameters<typeof validateManifest>[0]]) : [];
    if (unknown !== undefined)
      throw new ApiError(
        'BadRequest',
        `${kind} in version "${apiVersion}" cannot be handled as a ${kind}: strict decoding error: ${unknown}`,
      );
  }
  if (before) checkImmutable(resource, object, before);
}

function checkSchema(resource: ApiResource, object: StoredObject): void {
  try {
    validateManifest(object as Parameters<typeof validateManifest>[0]);
  } catch (error) {
    throw ApiError.invalid(resource, object.metadata.name, 'object', (error as Error).message);
  }
}

function checkImmutable(resource: ApiResource, { spec, metadata }: StoredObject, before: StoredObject): void {
  for (const field of IMMUTABLE[resource.kind] ?? []) {
    const [old, value] = [before.spec, spec].map((each) => (each as Record<string, unknown>)[field]);
    if (!isDeepStrictEqual(old, value))
      throw ApiError.invalid(resource, metadata.name, `spec.${field}`, 'field is immutable');
  }
}
