// npm runs this script in a clone after `npm ci` and `npm install`, and when it installs a folder or a Git URL. It
// builds dist/. If npm has not installed the build tools, the script installs them first.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

const { env } = process;
const { name, dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const global = env.npm_config_global === 'true';
/** `npm ci` and `npm install` in a clone have installed what the user wants: --omit=dev installs no tools. */
const userChoosesTools = !global && ['ci', 'install'].includes(env.npm_command);

// For a Git URL npm runs `npm install` in a temporary clone. That run inherits `--global`, so it installs nothing and
// only links the clone into the prefix. npm then runs this script again, outside of that run.
const insideGitInstall = global && env._PACOTE_NO_PREPARE_ !== undefined;

if (!insideGitInstall) {
  if (!toolsInstalled() && !userChoosesTools) installTools();
  if (toolsInstalled()) build();
  else process.stderr.write('recodex-monitor is not built, because its devDependencies are not installed.\n');
  if (global) removeLinkToClone();
}

function toolsInstalled() {
  return Object.keys({ ...dependencies, ...devDependencies }).every((dependency) =>
    existsSync(join('node_modules', dependency, 'package.json')),
  );
}

function installTools() {
  // This install must not inherit settings of the outer one, such as --global and --omit=dev.
  const outer =
    /^npm_config_(global|prefix|local_prefix|global_prefix|location|omit|include|only|production|dev)$/i;
  const inherited = Object.entries(env).filter(([key]) => !outer.test(key));
  npm(['ci', '--include=dev', '--ignore-scripts=false'], Object.fromEntries(inherited));
}

function build() {
  run(process.execPath, ['scripts/build.mjs', '--if-needed'], env);
}

// npm would unpack the package of a Git URL through the link, into the clone that it then deletes:
// https://github.com/npm/cli/issues/6984. A folder in place of the link makes npm unpack into the prefix.
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
