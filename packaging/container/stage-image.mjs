// Creates dist-system/image from dist-package/: the files that the image adds to its base, at their paths. It needs
// scripts/stage-package.mjs to run before.
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNeededAtRuntime } from '../../scripts/runtime-files.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = join(ROOT, 'dist-package');
const IMAGE = join(ROOT, 'dist-system/image');
const LIBRARY = join(IMAGE, 'opt/recodex-monitor');
const COMMAND = join(IMAGE, 'usr/local/bin/recodex-monitor');
const CONTENTS = ['bin', 'dist', 'node_modules', 'package.json', 'LICENSE', 'THIRD_PARTY_LICENSES'];

fs.rmSync(IMAGE, { recursive: true, force: true });
for (const name of CONTENTS)
  fs.cpSync(join(PACKAGE, name), join(LIBRARY, name), { recursive: true, filter: isNeededAtRuntime });
fs.copyFileSync(join(ROOT, 'packaging/container/healthcheck.mjs'), join(LIBRARY, 'healthcheck.mjs'));
normalizeModes(IMAGE);
fs.chmodSync(join(LIBRARY, 'bin/recodex-monitor.js'), 0o755);
fs.mkdirSync(dirname(COMMAND), { recursive: true });
fs.symlinkSync('/opt/recodex-monitor/bin/recodex-monitor.js', COMMAND);

/** The user of the image must be able to read each file, whatever the umask of the clone. */
function normalizeModes(path) {
  const isDirectory = fs.statSync(path).isDirectory();
  fs.chmodSync(path, isDirectory ? 0o755 : 0o644);
  if (isDirectory) for (const name of fs.readdirSync(path)) normalizeModes(join(path, name));
}
