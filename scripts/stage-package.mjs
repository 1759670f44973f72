// Creates dist-package/, the folder that is published, and packs it into recodex-monitor-<version>.tgz. Needs a build.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledIn, sbomOf } from './sbom.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAGE = 'dist-package';
/** Packages that rolldown.config.mjs leaves out of the bundle. All others are in dist/. */
const EXTERNAL = ['ws', 'zeromq'];
/** The list of all packages in the published package, which tools for known vulnerabilities read. */
const SBOM = 'sbom.cdx.json';
/** Keys of package.json that an installed package needs. */
const SHIPPED_KEYS =
  'name version description license type engines bin exports imports files peerDependencies peerDependenciesMeta'.split(
    ' ',
  );
/** Files of dist/ that only a clone needs. */
const NOT_SHIPPED = /^dist\/(bench|built$|.*\.map$)/;

process.chdir(ROOT);
const manifest = readManifest('.');
rmSync(STAGE, { recursive: true, force: true });
mkdirSync(STAGE);
for (const path of [...manifest.files, 'README.md', 'LICENSE']) copy(path);
const included = [...withDependencies(EXTERNAL)];
for (const name of included) copy(`node_modules/${name}`);
writeFileSync(join(STAGE, SBOM), `${JSON.stringify(sbom(), null, 2)}\n`);
writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
execFileSync('npm', ['pack', '--pack-destination', ROOT], { cwd: STAGE, stdio: 'inherit' });

function publishedManifest() {
  const exactVersion = (name) => readManifest(`node_modules/${name}`).version;
  return {
    ...Object.fromEntries(SHIPPED_KEYS.map((key) => [key, manifest[key]])),
    files: [...manifest.files, SBOM],
    dependencies: Object.fromEntries(EXTERNAL.map((name) => [name, exactVersion(name)])),
    // The tarball contains these packages, so that it installs without a network.
    bundleDependencies: EXTERNAL,
  };
}

function sbom() {
  const bundled = bundledIn(readFileSync('THIRD_PARTY_LICENSES', 'utf8'));
  return sbomOf(manifest, [...bundled, ...included.map((name) => readManifest(`node_modules/${name}`))]);
}

/** Names of the packages and of everything that they depend on. npm keeps one copy of each in node_modules. */
function withDependencies(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    withDependencies(Object.keys(readManifest(`node_modules/${name}`).dependencies ?? {}), found);
  }
  return found;
}

function copy(path) {
  cpSync(path, join(STAGE, path), { recursive: true, filter: (source) => !NOT_SHIPPED.test(source) });
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
