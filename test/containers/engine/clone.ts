import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copyRepository } from '../../install/repository-copy.js';

/** The programs of a reader that the machine of a test has in another place, or does not have. */
const PROGRAMS = (repository: string): Record<string, string> => ({
  sudo: 'exec "$@"',
  'recodex-monitor': `exec '${process.execPath}' '${join(repository, 'dist/main.js')}' "$@"`,
});

/** The limit of open files that HAProxy needs with the value in the repository. */
const HAPROXY_FILES = 80_100;

/** Copies the repository to `clone` in a folder, as a reader clones it, and the programs of a reader to `bin`. */
export function makeClone(folder: string): void {
  const [clone, bin] = [join(folder, 'clone'), join(folder, 'bin')];
  for (const path of [clone, bin]) mkdirSync(path);
  copyRepository(clone);
  for (const [name, script] of Object.entries(PROGRAMS(resolve('.'))))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const runc = join(bin, 'runc-limited');
  writeFileSync(runc, readFileSync(new URL('runc-limited.sh', import.meta.url)));
  chmodSync(runc, 0o755);
  allowFewFiles(join(clone, 'packaging/haproxy/haproxy.cfg'));
}

/** HAProxy does not start with fewer open files than `maxconn` needs. Some machines of tests can't give them. */
function allowFewFiles(file: string): void {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n 1048576 2>/dev/null; ulimit -H -n']));
  if (limit >= HAPROXY_FILES) return;
  writeFileSync(file, readFileSync(file, 'utf8').replace('maxconn 40000', 'maxconn 1000'));
}
