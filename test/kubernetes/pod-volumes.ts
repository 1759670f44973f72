import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IPod } from 'kubernetes-models/v1';
import { type SecretFiles, SecretVolume } from '../containers/secret-volume.js';
import type { ObjectStore, StoredObject } from './object-store.js';

type Volume = NonNullable<NonNullable<IPod['spec']>['volumes']>[number];

/** What the folders of a Pod are made from. */
export interface PodFolders {
  readonly store: ObjectStore;
  readonly namespace: string;
  /** The root of the Pod's files. */
  readonly root: string;
  /** The folder with all claims of the cluster. */
  readonly claims: string;
  /** Changes a text of a ConfigMap. */
  readonly translate: (text: string) => string;
}

/** Returns the object that a volume needs and that does not exist, as `secret "name"`. The kubelet waits for it. */
export function missingObject(
  spec: NonNullable<IPod['spec']>,
  { store, namespace }: PodFolders,
): string | undefined {
  for (const volume of spec.volumes ?? []) {
    const { plural, name } = sourceOf(volume);
    if (!store.get(plural, namespace, name)) return `${plural} "${name}"`;
  }
  return undefined;
}

/** Writes the volumes of a Pod below its root, as the kubelet does: with the group and the modes of the Pod. */
export function mountVolumes(spec: NonNullable<IPod['spec']>, folders: PodFolders): void {
  const { fsGroup = 0 } = spec.securityContext ?? {};
  for (const { name, mountPath } of spec.containers[0]!.volumeMounts ?? []) {
    const volume = spec.volumes!.find((each) => each.name === name)!;
    const folder = join(folders.root, mountPath);
    const source = sourceOf(volume);
    if (source.plural === 'persistentvolumeclaims') continue;
    const object = folders.store.get(source.plural, folders.namespace, source.name)!;
    const mode = volume.secret?.defaultMode ?? volume.configMap?.defaultMode ?? 0o644;
    new SecretVolume(folder, fsGroup, mode).update(filesOf(object, folders.translate));
  }
}

/** The folder of a mounted volume on this machine. A claim keeps its files when the Pod ends. */
export function folderOf(volume: Volume, mountPath: string, group: number, folders: PodFolders): string {
  const { plural, name } = sourceOf(volume);
  if (plural !== 'persistentvolumeclaims') return join(folders.root, mountPath);
  const folder = join(folders.claims, folders.namespace, name);
  mkdirSync(folder, { recursive: true });
  chownSync(folder, 0, group);
  chmodSync(folder, 0o2770);
  return folder;
}

function sourceOf({ name, secret, configMap, persistentVolumeClaim }: Volume): {
  plural: string;
  name: string;
} {
  if (secret) return { plural: 'secrets', name: secret.secretName! };
  if (configMap) return { plural: 'configmaps', name: configMap.name! };
  if (persistentVolumeClaim)
    return { plural: 'persistentvolumeclaims', name: persistentVolumeClaim.claimName };
  throw new Error(`expected a Secret, a ConfigMap or a claim in the volume ${name}`);
}

function filesOf(object: StoredObject, translate: (text: string) => string): SecretFiles {
  const entries = Object.entries((object['data'] ?? {}) as Record<string, string>);
  const content = (text: string): string =>
    object.kind === 'Secret' ? Buffer.from(text, 'base64').toString() : translate(text);
  return Object.fromEntries(entries.map(([name, text]) => [name, content(text)]));
}
