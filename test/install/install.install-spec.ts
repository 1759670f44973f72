import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const VERSION = /^\d+\.\d+\.\d+\n$/;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// As in a user's shell: neither the settings of the npm that runs this suite nor those of the suite itself.
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/i.test(name)),
);

let folder: string;
let clone: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-install-'));
  clone = join(folder, 'clone');
  const files = git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard').trim().split('\n');
  for (const file of files) cpSync(join(ROOT, file), join(clone, file));
  git(clone, 'init', '--quiet');
  git(clone, 'add', '--all');
  git(clone, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', 'All');
});

afterAll(() => rmSync(folder, { recursive: true }));

// Each test uses what the one before it has left: a clone is built once.
it('installs from a fresh clone', async () => {
  expect(await versionInstalledBy(['install', '--global', '.'])).toMatch(VERSION);
});

it('installs from a packed file', async () => {
  await npm(['pack', '--pack-destination', folder]);
  const packed = readdirSync(folder).find((name) => /^recodex-monitor-.*\.tgz$/.test(name))!;
  expect(await versionInstalledBy(['install', '--global', join(folder, packed)])).toMatch(VERSION);
});

it('installs from a Git URL', async () => {
  expect(await versionInstalledBy(['install', '--global', `git+file://${clone}`])).toMatch(VERSION);
});

/** Installs, uses what was installed, and resolves to its version. */
async function versionInstalledBy(args: string[]): Promise<string> {
  const prefix = mkdtempSync(join(folder, 'prefix-'));
  const { stderr } = await npm([...args, '--prefix', prefix]);
  expect(stderr).not.toMatch(/EBADENGINE|deprecated|vulnerabilit|TAR_ENTRY_ERROR/);
  const command = join(prefix, 'bin', 'recodex-monitor');
  await runs(command);
  return execFileSync(command, ['--version'], { encoding: 'utf8' });
}

async function npm(args: string[]): Promise<{ stderr: string }> {
  return promisify(execFile)('npm', args, { cwd: clone, env: ENVIRONMENT, maxBuffer: 16 * 1024 * 1024 });
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}

/** Starts the monitor, asks for its page, and stops it. */
async function runs(command: string): Promise<void> {
  const uris = ['WEBSOCKET', 'ZEROMQ', 'ADMIN'].map((name) => [`RECODEX_MONITOR_${name}_URI`, '127.0.0.1:0']);
  const monitor = spawn(command, { cwd: folder, env: { ...ENVIRONMENT, ...Object.fromEntries(uris) } });
  try {
    let log = '';
    while (!log.includes('Ready')) log += String((await once(monitor.stdout, 'data'))[0]);
    const address = /key=websocket_uri address=(\S+)/.exec(log)![1];
    const page = await fetch(`http://${address}/channels/job`, { headers: { Accept: 'text/html' } });
    expect(await page.text()).toContain('<!doctype html>');
    monitor.kill('SIGTERM');
    expect(await once(monitor, 'close')).toEqual([0, null]);
  } finally {
    monitor.kill('SIGKILL');
  }
}
