import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentBlocks, documentPages } from '../docs/document-block.js';
import { documentedCommands, shellBlocksWith } from '../docs/documented-commands.js';
import { Machine } from './machine.js';
import { DEB } from './package-files.js';
import { ENVIRONMENT, run } from './run.js';

const COMMAND = '/usr/bin/recodex-monitor';
/** The command of an installation with npm, which a drop-in names. */
const NPM_COMMAND = '/opt/recodex-monitor/bin/recodex-monitor';
const UNITS = '/etc/systemd/system';
/** Milliseconds for apt, which reads the list of all packages first. */
const APT_TIMEOUT = 180_000;

let machine: Machine;

beforeAll(() => {
  machine = new Machine();
  machine.installDummyNode();
});

afterAll(() => machine?.restore());

describe('the documented command', () => {
  it.each(documentedCommands('apt-get'))(
    '%s',
    (command) => {
      const removes = command.includes(' remove ');
      if (removes) run('dpkg', '--install', DEB);
      run('sh', '-ec', `cd ${dirname(DEB)}\n${command}`);
      expect(existsSync(COMMAND)).toBe(!removes);
    },
    APT_TIMEOUT,
  );
});

describe('the documented command for systemd', () => {
  beforeAll(() => void run('dpkg', '--install', DEB));

  afterAll(() => {
    for (const unit of ['recodex-monitor', 'recodex-monitor.socket', 'recodex-monitor@second'])
      run('systemctl', 'disable', unit);
  });

  // No systemd runs here: systemctl changes the links of the units itself, and starts nothing.
  it.each(documentedCommands('systemctl'))('%s', (command) => {
    const { status, stderr } = spawnSync('sh', ['-ec', command.replace(' --now', '')], {
      env: { ...ENVIRONMENT, SYSTEMD_OFFLINE: '1' },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^((Created symlink|Removed) .*\n)*$/)]);
  });
});

describe('the documented keys', () => {
  const blocks = shellBlocksWith('chgrp', 'chown').map(
    (block) => [block.page, block.line, block.code] as const,
  );

  beforeAll(() => void run('dpkg', '--install', DEB));

  it.each(blocks)('%s:%d can be read by the service', (_page, _line, code) => {
    run('sh', '-ec', code);
    const [file] = code.match(/\/etc\/recodex\/monitor\/\S+(\.key|-password)/)!;
    expect(
      run('setpriv', '--reuid', 'recodex', '--regid', 'recodex', '--clear-groups', 'cat', file),
    ).not.toBe('');
  });
});

describe('the documented drop-in', () => {
  const blocks = documentPages()
    .flatMap((page) => documentBlocks(page))
    .filter(({ language }) => language === 'ini')
    .map((block) => [block.page, block.line, block.code] as const);
  const created: string[] = [];

  beforeAll(() => {
    run('dpkg', '--install', DEB);
    mkdirSync(dirname(NPM_COMMAND), { recursive: true });
    symlinkSync(COMMAND, NPM_COMMAND);
  });

  afterEach(() => {
    for (const path of created.splice(0)) rmSync(path, { recursive: true });
  });

  afterAll(() => rmSync(dirname(dirname(NPM_COMMAND)), { recursive: true, force: true }));

  it.each(blocks)('%s:%d is accepted by systemd', (_page, _line, code) => {
    const unit = code.startsWith('[Socket]') ? 'recodex-monitor.socket' : 'recodex-monitor.service';
    const folder = join(UNITS, `${unit}.d`);
    created.push(folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'documented.conf'), code);
    expect(run('systemd-analyze', 'verify', '--man=no', unit)).toBe('');
  });
});
