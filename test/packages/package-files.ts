import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
const isArm = process.arch === 'arm64';

/** The packages that `npm run package` has made. */
export const DEB = `${ROOT}recodex-monitor_${version}-1_${isArm ? 'arm64' : 'amd64'}.deb`;
export const RPM = `${ROOT}recodex-monitor-${version}-1.${isArm ? 'aarch64' : 'x86_64'}.rpm`;
export const TARBALL = `${ROOT}recodex-monitor-${version}.tgz`;
export const VERSION = version;

/**
 * Makes the .deb again with another revision, such as `2`.
 *
 * @param file the path of the new package
 * @param change a change of its files
 */
export function makeRevision(revision: string, file: string, change?: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-deb-'));
  try {
    execFileSync('dpkg-deb', ['--raw-extract', DEB, folder]);
    const control = join(folder, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(`${VERSION}-1`, `${VERSION}-${revision}`));
    change?.(folder);
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Znone', folder, file], { stdio: 'ignore' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Makes the .rpm again with another version.
 *
 * @param folder where the new package is written
 * @param change a change of its files
 */
export function makeRpm(version: string, folder: string, change: (tree: string) => void): void {
  const temporary = mkdtempSync(join(tmpdir(), 'recodex-monitor-rpm-'));
  const tree = join(temporary, 'tree');
  try {
    execFileSync('cp', ['-a', `${ROOT}dist-system/tree`, tree]);
    change(tree);
    const defines = [
      `_topdir ${join(temporary, 'rpm')}`,
      `_rpmdir ${folder}`,
      '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
      '_binary_payload w0.gzdio',
      `staged ${tree}`,
      `package_version ${version}`,
      'maintainer Nobody <root@localhost>',
      'vendor_name Nobody',
    ].flatMap((define) => ['--define', define]);
    execFileSync('rpmbuild', ['-bb', '--quiet', ...defines, `${ROOT}packaging/rpm/recodex-monitor.spec`]);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
