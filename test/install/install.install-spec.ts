import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentedCommands } from '../docs/documented-commands.js';
import { freePorts } from '../fixtures/built-daemon.js';
import { copyRepository } from './repository-copy.js';
import { Terminal } from './terminal.js';
import { USER_ENVIRONMENT } from './user-environment.js';

const VERSION = /^\d+\.\d+\.\d+\n$/;
/** Where npm installs a global package below its prefix. */
const PACKAGE = 'lib/node_modules/recodex-monitor';
/** Packages that are not in the bundle: two with native code or loaded by name, and what they depend on. */
const NATIVE = ['cmake-ts', 'node-addon-api', 'ws', 'zeromq'];
/** What a monitor logs: its address, and that it is ready. */
const START_PAGE = /key=websocket_uri \S+ url=(\S+)[^]*Ready/;

let folder: string;
/** It has the name that the client's page gives it. */
let clone: string;
/** The project of somebody who uses the client library. */
let project: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-install-'));
  clone = join(folder, 'recodex-monitor');
  project = join(folder, 'project');
  mkdirSync(project);
  copyRepository(clone);
});

afterAll(() => rmSync(folder, { recursive: true }));

// Each test uses what the previous one has left, because a build takes some seconds.
it('installs from a fresh clone', async () => {
  await runs(await install('npm install --global .'));
});

it.each(commandsWith('npm run package'))('%s makes the packages', async (command) => {
  await shell(command, clone);
  const packages = readdirSync(clone).filter((name) => /^recodex-monitor[-_].*\.(tgz|deb|rpm)$/.test(name));
  expect(packages).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^recodex-monitor-\d.*\.tgz$/),
      expect.stringMatching(/^recodex-monitor-client-\d.*\.tgz$/),
      expect.stringMatching(/\.deb$/),
      expect.stringMatching(/\.rpm$/),
    ]),
  );
});

it.each(commandsWith('npm install --global'))('%s installs native packages only', async (command) => {
  // Without a network: the tarball contains its dependencies.
  const prefix = await install(command, { npm_config_offline: 'true' });
  await runs(prefix);
  const packages = readdirSync(join(prefix, PACKAGE, 'node_modules')).filter((name) => name !== '.bin');
  expect(packages.toSorted()).toEqual(NATIVE);
});

it.each(commandsWith('npm install ../recodex-monitor/recodex-monitor-client-*.tgz'))(
  '%s',
  async (command) => {
    await shell(command, project, { npm_config_offline: 'true' });
    expect(await exportsOf('recodex-monitor-client', project)).toContain('channelUrl');
  },
);

it('installs from a Git URL', async () => {
  await runs(await install('npm install --global "git+file://$PWD"'));
});

it.each(commandsWith('npm run build'))('%s builds', async (command) => {
  rmSync(join(clone, 'dist'), { recursive: true });
  await shell(command, clone);
  expect(existsSync(join(clone, 'dist/main.js'))).toBe(true);
});

describe('serves pages with', () => {
  it.each(commandsWith('npm start'))('%s', async (command) => {
    expect(await servedPage(command, START_PAGE)).toContain('<!doctype html>');
  });

  it.each(commandsWith('npm run demo'))('%s', async (command) => {
    const jobPage = /(http:\S+\/channels\/demo-ok)[^]*Ctrl-C ends the demo/;
    expect(await servedPage(command, jobPage)).toContain('<!doctype html>');
  });

  it.each(commandsWith('npm run dev'))('%s, also after a source has changed', async (command) => {
    const page = await servedPage(command, START_PAGE, async (terminal) => {
      utimesSync(join(clone, 'src/main.ts'), new Date(), new Date());
      await terminal.shows(/Ready[^]*Stopped[^]*Ready/);
    });
    expect(page).toContain('<!doctype html>');
  });
});

/** The commands of the documentation that begin with a text. */
function commandsWith(text: string): string[] {
  return documentedCommands('npm').filter((command) => command.startsWith(text));
}

/** Installs globally, without a warning, and resolves to the prefix: that of the command, or a new one. */
async function install(command: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const place = mkdtempSync(join(folder, 'prefix-'));
  const path = / --prefix (\S+)/.exec(command)?.[1] ?? '/usr/local';
  const prefix = join(place, path);
  const stderr = await shell(command.replace(path, prefix), clone, { ...env, npm_config_prefix: prefix });
  expect(stderr).not.toMatch(/EBADENGINE|deprecated|vulnerabilit|TAR_ENTRY_ERROR/);
  return prefix;
}

/**
 * Starts a command of the clone in a terminal, gets the page that it shows, and ends it with Ctrl-C, which leaves nothing.
 *
 * @param use runs before the page is read
 */
async function servedPage(
  command: string,
  shown: RegExp,
  use?: (terminal: Terminal) => Promise<void>,
): Promise<string> {
  const ports = await freePorts();
  const temporary = mkdtempSync(join(folder, 'temporary-'));
  const env = {
    RECODEX_MONITOR_WEBSOCKET_URI: `127.0.0.1:${ports.websocket}`,
    RECODEX_MONITOR_ZEROMQ_URI: `127.0.0.1:${ports.zeromq}`,
    RECODEX_MONITOR_ADMIN_URI: `127.0.0.1:${ports.admin}`,
  };
  const terminal = Terminal.start(command, { cwd: clone, temporary, env });
  try {
    await terminal.shows(shown);
    await use?.(terminal);
    const url = shown.exec(terminal.output)![1]!;
    const page = await textOf(url);
    await terminal.interrupt();
    await vi.waitFor(() => expect(terminal.processes).toEqual([]));
    await expect(textOf(url)).rejects.toThrow('fetch failed');
    expect(readdirSync(temporary)).toEqual([]);
    return page;
  } finally {
    terminal.close();
  }
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url, { headers: { Accept: 'text/html' } })).text();
}

/** Expects that the installed package is complete and that its command works. */
async function runs(prefix: string): Promise<void> {
  const command = join(prefix, 'bin', 'recodex-monitor');
  expect(execFileSync(command, ['--version'], { encoding: 'utf8' })).toMatch(VERSION);
  expect(execFileSync(command, ['print-config', '--reference'], { encoding: 'utf8' })).toContain(
    'websocket_uri',
  );
  expect(targets(join(prefix, PACKAGE)).filter((path) => !existsSync(path))).toEqual([]);
  expect(await exportsOf('recodex-monitor/client', join(prefix, 'lib'))).toContain('channelUrl');
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

/** Names that a program in a folder can import from a package. */
async function exportsOf(name: string, cwd: string): Promise<string> {
  const program = `console.log(Object.keys(await import('${name}')).join())`;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)('node', args, { cwd, env: USER_ENVIRONMENT });
  return stdout;
}

/** Runs a command. Resolves with what it prints on stderr. */
async function shell(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { cwd, env: { ...USER_ENVIRONMENT, ...env }, maxBuffer: 16 * 1024 * 1024 };
  const { stderr } = await promisify(execFile)('bash', ['-ec', command], options);
  return stderr;
}

/** Starts the monitor, gets its page and its client library, and stops it. */
async function serves(command: string): Promise<void> {
  const uris = ['WEBSOCKET', 'ZEROMQ', 'ADMIN'].map((name) => [`RECODEX_MONITOR_${name}_URI`, '127.0.0.1:0']);
  const monitor = spawn(command, { cwd: folder, env: { ...USER_ENVIRONMENT, ...Object.fromEntries(uris) } });
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
