import { randomUUID } from 'node:crypto';

/**
 * The SBOM of the published package (CycloneDX 1.5): each package whose code is in it. `npm sbom` fails in a repository
 * with `overrides`, and does not know which packages are bundled.
 *
 * @param {{ name: string, version: string, license: string }} product
 * @param {readonly { name: string, version: string, license: string }[]} packages
 */
export function sbomOf(product, packages) {
  const components = packages
    .map((each) => ({ ...componentOf(each), type: 'library' }))
    .toSorted((a, b) => (a.purl < b.purl ? -1 : 1));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: new Date().toISOString(),
      component: { ...componentOf(product), type: 'application' },
    },
    components,
    dependencies: [{ ref: purlOf(product), dependsOn: components.map(({ purl }) => purl) }],
  };
}

/** The packages of THIRD_PARTY_LICENSES. Each section begins with a line `== name version: licence`. */
export function bundledIn(licenses) {
  const heads = licenses.matchAll(/^== (\S+) (\S+): (\S+)$/gm);
  return [...heads].map(([, name, version, license]) => ({ name, version, license }));
}

function componentOf({ name, version, license }) {
  const purl = purlOf({ name, version });
  return { 'bom-ref': purl, name, version, purl, licenses: [licenseOf(license)] };
}

/** A single licence has an id of SPDX. Several are an expression. */
function licenseOf(license) {
  return / /.test(license) ? { expression: license } : { license: { id: license } };
}

function purlOf({ name, version }) {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}
