// Builds when something that goes into the build is newer than it; `npm start` and `npm test` begin with this.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = [
  'src',
  'client',
  'web',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'rolldown.config.mjs',
  'scripts/licenses.mjs',
];
const BUILT = 'dist/built';

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

// A package that was installed brings its build and no sources.
const sources = SOURCES.filter((path) => existsSync(path));
const built = existsSync(BUILT) ? statSync(BUILT).mtimeMs : 0;
if (existsSync('src') && Math.max(...sources.map(newest)) > built) {
  console.log('Building recodex-monitor ...');
  const { status, stdout, stderr } = spawnSync('npm run --silent build', { shell: true, encoding: 'utf8' });
  // The list of files that were written is of interest only when something went wrong.
  if (status !== 0) process.stderr.write(stdout + stderr);
  process.exitCode = status ?? 1;
}
