import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Manifest } from './manifests.js';

/** Modules of kubernetes-models by `apiVersion`. */
const MODELS: Readonly<Record<string, { readonly path: string; readonly models: object }>> = {
  v1: { path: 'v1', models: core },
  'apps/v1': { path: 'apps/v1', models: apps },
  'autoscaling/v2': { path: 'autoscaling/v2', models: autoscaling },
  'networking.k8s.io/v1': { path: 'networking.k8s.io/v1', models: networking },
  'policy/v1': { path: 'policy/v1', models: policy },
};

interface Model {
  validate(): void;
}

/** Throws when a value breaks the schema of Kubernetes. The schema allows unknown fields. */
export function validateManifest(manifest: Manifest): void {
  const { models } = modelsOf(manifest);
  const model = (models as Record<string, new (data: Manifest) => Model>)[manifest.kind];
  if (!model) throw new Error(`expected a kind of ${manifest.apiVersion}, got ${manifest.kind}`);
  new model(manifest).validate();
}

/**
 * Returns what the types of Kubernetes refuse in manifests: unknown and missing fields. A misspelled field is otherwise
 * ignored without a word.
 */
export function typeErrors(manifests: readonly Manifest[]): string[] {
  const file = fileURLToPath(new URL('manifests.generated.ts', import.meta.url));
  const text = manifests.map(declaration).join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  // The file exists in memory only.
  host.fileExists = (path) => path === file || ts.sys.fileExists(path);
  host.readFile = (path) => (path === file ? text : ts.sys.readFile(path));
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function declaration(manifest: Manifest, index: number): string {
  const { path } = modelsOf(manifest);
  const type = `import('kubernetes-models/${path}').I${manifest.kind}`;
  return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
}

function modelsOf({ apiVersion }: Manifest): (typeof MODELS)[string] {
  const models = MODELS[apiVersion];
  if (!models) throw new Error(`expected one of ${Object.keys(MODELS).join(', ')}, got ${apiVersion}`);
  return models;
}
