import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { BuildContext } from './build-context.js';
import { Dockerfile } from './dockerfile.js';

const dockerfile = new Dockerfile();
const context = new BuildContext();
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; license: string };

describe('the Dockerfile', () => {
  it('runs only scripts that CI runs too', () => {
    const build = ['sh packaging/container/install.sh', 'sh packaging/container/build.sh'];
    expect(dockerfile.buildRuns).toEqual(build);
  });

  it('copies only files that exist and that .dockerignore lets in', () => {
    const sources = dockerfile.copies
      .filter(({ from }) => from === undefined)
      .flatMap((copy) => copy.sources);
    expect(sources.filter((source) => source !== '.' && !context.has(source))).toEqual([]);
  });

  it('keeps local files out of the build', () => {
    const kept = ['node_modules', 'dist', '.git', 'test', '.ci', 'coverage', '.env', 'dist-package'];
    expect(kept.filter((path) => context.has(path))).toEqual([]);
  });

  it('uses the same base for the build and for the image', () => {
    expect(new Set(dockerfile.bases).size).toBe(1);
    expect(dockerfile.bases[0]).toBe(
      dockerfile.labels['org.opencontainers.image.base.name']?.split('/').at(-1),
    );
  });

  it('has the user as a number that is not root', () => {
    expect(dockerfile.get('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('has a folder for a journal, which is off without a volume', () => {
    const [uid, gid] = dockerfile.get('USER').split(':');
    expect(dockerfile.runs).toEqual([
      `install --directory --owner=${uid} --group=${gid} --mode=0750 /var/lib/recodex-monitor`,
    ]);
    expect(dockerfile.environment).not.toHaveProperty('RECODEX_MONITOR_JOURNAL_PATH');
    expect(() => dockerfile.get('VOLUME')).toThrow('got none');
  });

  it('stops by SIGTERM', () => {
    expect(dockerfile.get('STOPSIGNAL')).toBe('SIGTERM');
  });

  it('listens on all addresses, and exposes these ports', () => {
    const addresses = Object.entries(dockerfile.environment).filter(([name]) => name.endsWith('_URI'));
    expect(addresses.map(([, address]) => address)).toEqual(['*:4567', '*:4568', '*:7894']);
    expect(dockerfile.get('EXPOSE').split(' ')).toEqual(['4567', '4568', '7894']);
  });

  it('says that the network protects the admin port, without which its configuration is refused', () => {
    const { RECODEX_MONITOR_ADMIN_PUBLIC: adminPublic, ...others } = dockerfile.environment;
    expect(adminPublic).toBe('true');
    expect(loadSettings(undefined, dockerfile.environment).warnings).toEqual([]);
    expect(() => loadSettings(undefined, others)).toThrow('admin_uri: expected a loopback address');
  });

  it('labels the image with what package.json says', () => {
    expect(dockerfile.buildArguments['VERSION']).toBe(manifest.version);
    expect(dockerfile.labels).toMatchObject({
      'org.opencontainers.image.version': '$VERSION',
      'org.opencontainers.image.licenses': manifest.license,
    });
  });
});
