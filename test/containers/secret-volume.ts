import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCurveKeyPair } from '../../src/config/curve-key.js';
import type { Manifests } from './manifests.js';

/** Names and contents of the files in a Secret. */
export type SecretFiles = Readonly<Record<string, string>>;

/** A volume with a Secret as the kubelet writes it: links to a folder that a link names. An update replaces that link. */
export class SecretVolume {
  private version = 0;

  /**
   * @param group the `fsGroup` of the Pod, which the files of root belong to
   * @param mode the `defaultMode` of the volume
   */
  constructor(
    private readonly folder: string,
    private readonly group: number,
    private readonly mode: number,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  update(files: SecretFiles): void {
    const version = `..${++this.version}`;
    mkdirSync(this.path(version));
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.path(version), name);
      writeFileSync(file, content);
      chownSync(file, 0, this.group);
      chmodSync(file, this.mode);
    }
    symlinkSync(version, this.path('..data_tmp'));
    renameSync(this.path('..data_tmp'), this.path('..data'));
    for (const name of Object.keys(files))
      if (!existsSync(this.path(name))) symlinkSync(join('..data', name), this.path(name));
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}

/** The files that the manifests and the chart expect in their Secrets, by the name of the volume. Makes new keys. */
export function newSecrets(tls: { cert: string; key: string }): Readonly<Record<string, SecretFiles>> {
  const { secretKey, publicKey } = createCurveKeyPair();
  return {
    auth: { 'token.key': 'abcdefghijklmnopqrstuvwxyz0123456789ABCD\n' },
    tls: { 'tls.crt': tls.cert, 'tls.key': tls.key, 'ca.crt': tls.cert },
    curve: { 'monitor.key': `${secretKey}\n`, 'allowed-clients': `${publicKey} broker\n` },
    redis: { password: 'of-redis\n' },
  };
}

/** Writes the Secrets that a Pod mounts, with the modes of its volumes, below `root`. Returns the volumes by name. */
export function mountSecrets(
  { pod, container }: Manifests,
  root: string,
  secrets: ReturnType<typeof newSecrets>,
): ReadonlyMap<string, SecretVolume> {
  const volumes = new Map<string, SecretVolume>();
  for (const { name, secret } of pod.volumes ?? []) {
    if (!secret) continue;
    const mount = container.volumeMounts!.find((each) => each.name === name)!;
    const folder = join(root, mount.mountPath);
    const volume = new SecretVolume(folder, pod.securityContext!.fsGroup!, secret.defaultMode!);
    volume.update(secrets[name]!);
    volumes.set(name, volume);
  }
  return volumes;
}

/** A text with the paths of a Pod, with the paths below `root` in their place. */
export function withPathsBelow(root: string, text: string): string {
  return text.replaceAll(
    /\/etc\/recodex\/(?=auth\/|tls\/|curve\/|redis\/|redis-ca\/)/g,
    `${root}/etc/recodex/`,
  );
}

/** The variables of the container that are literal, with the paths below `root`. */
export function environmentBelow(root: string, { container }: Manifests): Record<string, string> {
  const literals = (container.env ?? []).filter(({ value }) => value !== undefined);
  return Object.fromEntries(literals.map(({ name, value }) => [name, withPathsBelow(root, value!)]));
}
