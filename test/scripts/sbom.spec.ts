import { describe, expect, it } from 'vitest';
import { cycloneDxValidator } from '../fixtures/cyclonedx-schema.js';

interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

interface SbomComponent extends Omit<PackageFacts, 'license'> {
  readonly 'bom-ref': string;
  readonly purl: string;
  readonly type: string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
}

interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: SbomComponent };
  readonly components: readonly SbomComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const script = new URL('../../scripts/sbom.mjs', import.meta.url).href;
const { bundledIn, sbomOf } = (await import(script)) as {
  bundledIn: (licenses: string) => PackageFacts[];
  sbomOf: (product: PackageFacts, packages: readonly PackageFacts[]) => Sbom;
};

/** Milliseconds to compile the schema on a busy machine. */
const SCHEMA_TIMEOUT = 30_000;

const PRODUCT = { name: 'recodex-monitor', version: '1.0.0', license: 'MIT' };
const LICENSES = `Introduction

== @nestjs/core 12.5.1: MIT

A text with == signs: MIT

== swagger-ui-dist 5.35.0: Apache-2.0
`;

describe('the SBOM', () => {
  const sbom = sbomOf(PRODUCT, [
    ...bundledIn(LICENSES),
    { name: 'zeromq', version: '6.8.0', license: 'MIT AND MPL-2.0' },
  ]);

  it('fits the schema of CycloneDX', { timeout: SCHEMA_TIMEOUT }, () => {
    const problemsOf = cycloneDxValidator();
    expect(problemsOf(sbom)).toEqual([]);
    // The schema finds faults: an unknown field, and a licence that SPDX does not know.
    expect(problemsOf({ ...sbom, maker: 'x' })).not.toEqual([]);
    const unknown = { ...sbom.components[0], licenses: [{ license: { id: 'Beer' } }] };
    expect(problemsOf({ ...sbom, components: [unknown] })).not.toEqual([]);
  });

  it('has the fields that the product needs', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(new Date(sbom.metadata.timestamp).toISOString()).toBe(sbom.metadata.timestamp);
    expect(sbom.metadata.component).toMatchObject({ type: 'application', name: 'recodex-monitor' });
    for (const component of sbom.components) expect(component).toMatchObject({ type: 'library' });
  });

  it('names each package with its version and its package URL, in order', () => {
    expect(sbom.components.map(({ purl }) => purl)).toEqual([
      'pkg:npm/%40nestjs/core@12.5.1',
      'pkg:npm/swagger-ui-dist@5.35.0',
      'pkg:npm/zeromq@6.8.0',
    ]);
    expect(sbom.components[0]).toMatchObject({ name: '@nestjs/core', version: '12.5.1' });
  });

  it('names a licence by its id, and several by their expression', () => {
    expect(sbom.components.map(({ licenses }) => licenses)).toEqual([
      [{ license: { id: 'MIT' } }],
      [{ license: { id: 'Apache-2.0' } }],
      [{ expression: 'MIT AND MPL-2.0' }],
    ]);
  });

  it('says that the product depends on each of them', () => {
    const product = 'pkg:npm/recodex-monitor@1.0.0';
    expect(sbom.dependencies).toEqual([{ ref: product, dependsOn: sbom.components.map(({ purl }) => purl) }]);
    const refs = sbom.components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
  });
});
