// npm runs this after `npm ci` and `npm install` in a clone, before `npm pack`, and when it installs from a folder or a
// Git URL. It builds `dist/`, and first brings the build's tools where npm has not installed them.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const { env } = process;
const { name, dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const global = env.npm_config_global === 'true';

// npm prepares the clone of a Git URL with an `npm install` that inherits `--global`: it only links the temporary clone
// into the prefix. npm runs this script a second time, outside of that install; the second run does the work.
const insideGitInstall = global && env._PACOTE_NO_PREPARE_ !== undefined;

if (existsSync('src') && !insideGitInstall) {
  if (!toolsInstalled() && (global || !['ci', 'install'].includes(env.npm_command))) installTools();
  if (toolsInstalled()) build();
  else if (!existsSync('dist/built'))
    console.error('recodex-monitor is not built, because its devDependencies are not installed.');
  if (global) removeLinkToClone();
}

function toolsInstalled() {
  return Object.keys({ ...dependencies, ...devDependencies }).every((dependency) =>
    existsSync(join('node_modules', dependency, 'package.json')),
  );
}

function installTools() {
  // The settings of the outer install, such as --global and --omit=dev, are not for this one.
  const inherited = Object.entries(env).filter(
    ([key]) =>
      !/^npm_config_(global|prefix|local_prefix|global_prefix|location|omit|include|only|production|dev)$/i.test(
        key,
      ),
  );
  npm(['ci', '--include=dev', '--ignore-scripts=false'], Object.fromEntries(inherited));
}

function build() {
  run(process.execPath, ['scripts/build.mjs', '--if-needed'], env);
}

// npm would unpack a Git URL's package through the link that its inner install has made, into the clone that it then
// deletes: https://github.com/npm/cli/issues/6984. A folder in the place of the link makes npm unpack where it should.
function removeLinkToClone() {
  if (!/[\\/]_cacache[\\/]tmp[\\/]/.test(process.cwd())) return;
  for (const modules of ['lib/node_modules', 'node_modules']) {
    const link = join(env.npm_config_global_prefix ?? '', modules, name);
    if (!lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
    if (realpathSync(link) !== realpathSync('.')) continue;
    unlinkSync(link);
    mkdirSync(link);
  }
}

function npm(args, environment) {
  const { npm_execpath: script } = env;
  const [file, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  run(file, [...first, ...args], environment);
}

function run(file, args, environment) {
  const { status } = spawnSync(file, args, { stdio: 'inherit', env: environment });
  if (status !== 0) process.exit(status ?? 1);
}
