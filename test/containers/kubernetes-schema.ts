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

const MANIFESTS = fileURLToPath(new URL('manifests.generated.ts', import.meta.url));

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

interface Model {
  validate(): void;
}

/** The parsed files of the types. They make all but the first check fast. */
const sourceFiles = new Map<string, ts.SourceFile | undefined>();
let lastProgram: ts.Program | undefined;

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
  const text = manifests.map(declaration).join('\n');
  const host = ts.createCompilerHost(OPTIONS);
  const getSourceFile = host.getSourceFile.bind(host);
  // The file exists in memory only.
  host.fileExists = (path) => path === MANIFESTS || ts.sys.fileExists(path);
  host.getSourceFile = (path, ...options) => {
    if (path === MANIFESTS) return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023);
    if (!sourceFiles.has(path)) sourceFiles.set(path, getSourceFile(path, ...options));
    return sourceFiles.get(path);
  };
  const program = ts.createProgram([MANIFESTS], OPTIONS, host, lastProgram);
  lastProgram = program;
  const file = program.getSourceFile(MANIFESTS);
  return ts
    .getPreEmitDiagnostics(program, file)
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
