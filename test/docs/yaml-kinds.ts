import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** A YAML document that is no configuration of the monitor: how to recognize it, and what is right. */
interface OtherKind {
  /** Keys that all such documents have. */
  readonly keys: readonly string[];
  readonly check: (document: Readonly<Record<string, unknown>>) => void;
  /** No program of the reader gets the document here. */
  readonly isOnlyParsed?: boolean;
}

const otherKinds: readonly OtherKind[] = [
  { keys: ['apiVersion', 'kind'], check: (manifest) => expect(manifest).toHaveProperty('metadata.name') },
  { keys: ['image'], check: checkChartValues },
];

/** The steps of a workflow of GitHub Actions. */
const STEPS: OtherKind = { keys: [], check: () => {}, isOnlyParsed: true };

/** Checks a YAML document, and returns its kind. Returns undefined for a configuration of the monitor. */
export function checkOtherYaml(document: unknown): OtherKind | undefined {
  if (Array.isArray(document)) {
    for (const step of document as unknown[]) checkStep(step as { uses: string; with: object });
    return STEPS;
  }
  const keys = Object.keys(document as object);
  const kind = otherKinds.find((candidate) => candidate.keys.every((key) => keys.includes(key)));
  kind?.check(document as Record<string, unknown>);
  return kind;
}

function checkChartValues(values: Readonly<Record<string, unknown>>): void {
  const text = readFileSync('packaging/helm/recodex-monitor/values.schema.json', 'utf8');
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const { $schema: _draft, ...schema } = JSON.parse(text) as { $schema: string };
  ajv.validate({ ...schema, required: [] }, values);
  expect(ajv.errors ?? []).toEqual([]);
}

/** A step of a workflow of GitHub Actions uses an action of the documentation with the inputs that it has. */
function checkStep({ uses, with: inputs }: { uses: string; with: object }): void {
  const path = uses.replace('./.github/actions/', 'docs/examples/publishing/');
  const action = load(readFileSync(`${path}/action.yml`, 'utf8')) as { inputs: object };
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
}
