import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const VERSION = /^\d+\.\d+\.\d+\n$/;
/** Where npm installs a global package below its prefix. */
const PACKAGE = 'lib/node_modules/recodex-monitor';
/** Packages that are not in the bundle: two with native code or loaded by name, and what they depend on. */
const NATIVE = ['cmake-ts', 'node-addon-api', 'ws', 'zeromq'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// The environment of a user's shell, without the settings of npm and Vitest that run this suite.
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/i.test(name)),
);

let folder: string;
let clone: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-install-'));
  clone = join(folder, 'clone');
  const files = git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard').trim().split('\n');
  for (const file of files.filter((file) => existsSync(join(ROOT, file))))
    cpSync(join(ROOT, file), join(clone, file));
  git(clone, 'init', '--quiet');
  git(clone, 'add', '--all');
  git(clone, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', 'All');
});

afterAll(() => rmSync(folder, { recursive: true }));

// Each test uses what the previous one has left, because a build takes some seconds.
it('installs from a fresh clone', async () => {
  await runs(await install('.'));
});

it('installs from the tarball, with native packages only', async () => {
  await npm(['run', 'package']);
  const tarball = readdirSync(clone).find((name) => /^recodex-monitor-.*\.tgz$/.test(name))!;
  // Without a network: the tarball contains its dependencies.
  const prefix = await install('--offline', join(clone, tarball));
  await runs(prefix);
  const packages = readdirSync(join(prefix, PACKAGE, 'node_modules')).filter((name) => name !== '.bin');
  expect(packages.toSorted()).toEqual(NATIVE);
});

it('installs from a Git URL', async () => {
  await runs(await install(`git+file://${clone}`));
});

/** Installs globally into a new prefix, without a warning, and resolves to the prefix. */
async function install(...args: string[]): Promise<string> {
  const prefix = mkdtempSync(join(folder, 'prefix-'));
  const { stderr } = await npm(['install', '--global', ...args, '--prefix', prefix]);
  expect(stderr).not.toMatch(/EBADENGINE|deprecated|vulnerabilit|TAR_ENTRY_ERROR/);
  return prefix;
}

/** Expects that the installed package is complete and that its command works. */
async function runs(prefix: string): Promise<void> {
  const command = join(prefix, 'bin', 'recodex-monitor');
  expect(execFileSync(command, ['--version'], { encoding: 'utf8' })).toMatch(VERSION);
  expect(execFileSync(command, ['print-config', '--reference'], { encoding: 'utf8' })).toContain(
    'websocket_uri',
  );
  expect(targets(join(prefix, PACKAGE)).filter((path) => !existsSync(path))).toEqual([]);
  expect(await client(prefix)).toContain('channelUrl');
  await serves(command);
}

/** Paths that the manifest's `exports`, `imports` and `files` name. */
function targets(installed: string): string[] {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    exports: object;
    imports: object;
    files: string[];
  };
  const paths = [...leaves(manifest.exports), ...leaves(manifest.imports), ...manifest.files, 'LICENSE'];
  return paths.map((path) => join(installed, path.replace('*', '')));
}

function leaves(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(leaves);
}

/** Names that a program beside the installed package can import from the client library. */
async function client(prefix: string): Promise<string> {
  const program = `console.log(Object.keys(await import('recodex-monitor/client')).join())`;
  const options = { cwd: join(prefix, 'lib'), env: ENVIRONMENT };
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', program], options);
  return stdout;
}

async function npm(args: string[]): Promise<{ stderr: string }> {
  return promisify(execFile)('npm', args, { cwd: clone, env: ENVIRONMENT, maxBuffer: 16 * 1024 * 1024 });
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}

/** Starts the monitor, gets its page and its client library, and stops it. */
async function serves(command: string): Promise<void> {
  const uris = ['WEBSOCKET', 'ZEROMQ', 'ADMIN'].map((name) => [`RECODEX_MONITOR_${name}_URI`, '127.0.0.1:0']);
  const monitor = spawn(command, { cwd: folder, env: { ...ENVIRONMENT, ...Object.fromEntries(uris) } });
  try {
    let log = '';
    while (!log.includes('Ready')) log += String((await once(monitor.stdout, 'data'))[0]);
    const address = /key=websocket_uri address=(\S+)/.exec(log)![1];
    const page = await fetch(`http://${address}/channels/job`, { headers: { Accept: 'text/html' } });
    expect(await page.text()).toContain('<!doctype html>');
    expect((await fetch(`http://${address}/client.js`)).status).toBe(200);
    monitor.kill('SIGTERM');
    expect(await once(monitor, 'close')).toEqual([0, null]);
  } finally {
    monitor.kill('SIGKILL');
  }
}
