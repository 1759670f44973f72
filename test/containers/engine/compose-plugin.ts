import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian 12 has version 1, which is no `docker compose`. The next release has version 2 as one static program. */
const RELEASE = 'trixie';
const PROGRAM = 'usr/libexec/docker/cli-plugins/docker-compose';

/** Downloads `docker compose` 2 from the Debian mirror of this machine into the plugins of a configuration of docker. */
export function addComposePlugin(configuration: string): void {
  const folder = join(configuration, 'debian');
  mkdirSync(join(folder, 'lists/partial'), { recursive: true });
  const sites = run(folder, 'apt-get', 'indextargets', '--format', '$(SITE) $(ORIGIN)').split('\n');
  const [site] = sites.find((line) => line.endsWith(' Debian'))?.split(' ') ?? [];
  if (site === undefined) throw new Error('expected a Debian mirror in the sources of apt, got none');
  writeFileSync(join(folder, 'sources.list'), `deb ${site} ${RELEASE} main\n`);
  const options = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  const words = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  run(folder, 'apt-get', '-qq', ...words, 'update');
  run(folder, 'apt-get', '-qq', ...words, 'download', 'docker-compose');
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'))!;
  run(folder, 'dpkg-deb', '--extract', archive, 'files');
  const plugin = join(configuration, 'cli-plugins/docker-compose');
  mkdirSync(join(configuration, 'cli-plugins'));
  copyFileSync(join(folder, 'files', PROGRAM), plugin);
  chmodSync(plugin, 0o755);
}

function run(folder: string, program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
