// Creates dist-client/, the folder of the package recodex-monitor-client, and packs it into
// recodex-monitor-client-<version>.tgz. Needs a build.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAGE = 'dist-client';

process.chdir(ROOT);
rmSync(STAGE, { recursive: true, force: true });
for (const folder of ['dist/client', 'dist/client-package'])
  for (const name of readdirSync(folder))
    if (isShipped(folder, name)) cpSync(join(folder, name), join(STAGE, name));
for (const path of ['client/package.json', 'client/README.md', 'client/SPEC.md', 'LICENSE'])
  cpSync(path, join(STAGE, path.replace('client/', '')));
execFileSync('npm', ['pack', '--pack-destination', ROOT], { cwd: STAGE, stdio: 'inherit' });

/** The types are in dist/client/, beside the single file that the daemon serves. */
function isShipped(folder, name) {
  return folder === 'dist/client' ? name.endsWith('.d.ts') : name.endsWith('.js');
}
