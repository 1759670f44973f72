import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { Machine } from './machine.js';
import { RPM, VERSION } from './package-files.js';
import { run } from './run.js';
import { Service } from './service.js';
import { UnitFile } from './unit-file.js';

const CONFIG = '/etc/recodex/monitor/config.yml';
const JOURNAL = '/var/lib/recodex-monitor';
const OLD_UNIT = '/etc/systemd/system/recodex-monitor.service';
const MODULE = '/usr/lib/python3/site-packages/monitor.py';
/** The user recodex of the scratch root. */
const ID = '990';

let machine: Machine;
let root: string;
let service: Service | undefined;

beforeAll(() => {
  machine = new Machine();
});

afterEach(() => service?.kill());
afterAll(() => machine?.restore());

// How the rpm of the original marks its configuration is not known: Python's bdist_rpm does not mark it. The scratch root has
// no shell, so no script of the package runs there. Each test uses what the previous one has left.
describe.each([
  ['a marked configuration', '%config(noreplace)'],
  ['an unmarked configuration', ''],
])('the .rpm in a scratch root, over an original with %s', (name, mark) => {
  beforeAll(() => {
    root = machine.file(name.replaceAll(' ', '-'));
  });

  it('needs a Node.js that runs the monitor', () => {
    expect(run('rpm', '--dbpath', machine.file('empty'), '--query', '--requires', '-p', RPM)).toContain(
      'nodejs >= 1:20.19',
    );
  });

  it('replaces the package of the original and keeps its configuration', () => {
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), `recodex:x:${ID}:${ID}::/etc/recodex:/sbin/nologin\n`);
    writeFileSync(join(root, 'etc/group'), `recodex:x:${ID}:\n`);
    rpm('--install', originalPackage(mark));
    writeFileSync(join(root, CONFIG), ORIGINAL_CONFIGURATION);
    rpm('--upgrade', RPM);
    const query = ['--query', '--queryformat', '%{VERSION}', 'recodex-monitor'];
    expect(run('rpm', '--root', root, ...query)).toBe(VERSION);
    expect(readFileSync(join(root, CONFIG), 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    expect(ownership(CONFIG)).toBe('990:990 600');
    expect(ownership(`${CONFIG}.rpmnew`)).toBe('990:990 640');
    expect(ownership('/var/log/recodex')).toBe('990:990 755');
    expect(ownership(JOURNAL)).toBe('990:990 750');
    for (const path of [MODULE, OLD_UNIT]) expect(existsSync(join(root, path))).toBe(false);
  });

  it('runs as the unit says, and relays a job', async () => {
    const unit = new UnitFile(join(root, 'usr/lib/systemd/system/recodex-monitor.service'));
    service = await Service.start(unit, {
      notifyPath: `${root}.notify`,
      root,
      user: ID,
      environment: {
        RECODEX_MONITOR_LOGGER_FILE: join(root, 'var/log/recodex/monitor.log'),
        RECODEX_MONITOR_JOURNAL_PATH: join(root, JOURNAL),
      },
    });
    expect(await service.relayJob('job')).toContain('"command":"FINISHED"');
    expect(await service.stop()).toBe(0);
    expect(ownership('/var/log/recodex/monitor.log')).toBe('990:990 640');
    expect(ownership(`${JOURNAL}/journal-00000001`)).toBe('990:990 640');
  });

  it('saves the changed configuration when it is removed', () => {
    rpm('--erase', 'recodex-monitor');
    expect(existsSync(join(root, 'usr/bin/recodex-monitor'))).toBe(false);
    expect(readFileSync(join(root, `${CONFIG}.rpmsave`), 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    expect(existsSync(join(root, '/var/log/recodex/monitor.log'))).toBe(true);
    expect(existsSync(join(root, `${JOURNAL}/journal-00000001`))).toBe(true);
  });

  // docs/migration.md says to save the configuration before.
  it('cannot keep an unmarked configuration of an original that was removed before', () => {
    const kept = `${root}-first`;
    mkdirSync(join(kept, 'etc'), { recursive: true });
    run('rpm', '--root', kept, '--nodeps', '--noscripts', '--install', originalPackage(mark));
    writeFileSync(join(kept, CONFIG), ORIGINAL_CONFIGURATION);
    run('rpm', '--root', kept, '--noscripts', '--erase', 'recodex-monitor');
    expect(existsSync(join(kept, CONFIG))).toBe(false);
    expect(existsSync(join(kept, `${CONFIG}.rpmsave`))).toBe(mark !== '');
  });

  it('makes room for the original, which gets its configuration back', () => {
    rpm('--install', originalPackage(mark));
    run('cp', '-p', join(root, `${CONFIG}.rpmsave`), join(root, CONFIG));
    expect(readFileSync(join(root, CONFIG), 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    for (const path of [MODULE, OLD_UNIT, '/usr/bin/recodex-monitor'])
      expect(existsSync(join(root, path))).toBe(true);
    const unit = readFileSync(join(root, OLD_UNIT), 'utf8');
    expect(unit).toContain('ExecStart=/usr/bin/recodex-monitor');
  });
});

describe('the .rpm on this machine', () => {
  it('makes the user and moves the unit of a manual installation of the original', () => {
    machine.installOriginal(ORIGINAL_CONFIGURATION, '[Service]\nExecStart=/usr/bin/recodex-monitor\n');
    const database = ['--dbpath', machine.file('database'), '--nodeps'];
    run('rpm', ...database, '--install', RPM);
    try {
      expect(run('getent', 'passwd', 'recodex')).toMatch(/^recodex:.*:\/etc\/recodex:.*nologin$/m);
      expect(existsSync(`${OLD_UNIT}.original`)).toBe(true);
      expect(readFileSync(CONFIG, 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    } finally {
      run('rpm', ...database, '--erase', 'recodex-monitor');
    }
    expect(existsSync('/usr/bin/recodex-monitor')).toBe(false);
  });
});

function rpm(...args: string[]): string {
  return run('rpm', '--root', root, '--nodeps', '--noscripts', ...args);
}

/**
 * Stands for the package of the original: its name, its version and the files that its README lists.
 *
 * @param mark of the configuration in the list of files
 */
function originalPackage(mark: string): string {
  const spec = machine.file('original.spec');
  writeFileSync(
    spec,
    `Name: recodex-monitor
Version: 1.2.0
Release: 2
Summary: The original
License: MIT
BuildArch: noarch
%description
The original.
%install
mkdir -p %{buildroot}/etc/recodex/monitor %{buildroot}/usr/lib/python3/site-packages %{buildroot}/usr/bin
mkdir -p %{buildroot}/etc/systemd/system
echo 'logger: {}' >%{buildroot}${CONFIG}
echo '#!/bin/sh' >%{buildroot}/usr/bin/recodex-monitor
printf '[Service]\\nExecStart=/usr/bin/recodex-monitor -c ${CONFIG}\\n' >%{buildroot}${OLD_UNIT}
touch %{buildroot}${MODULE}
%files
${mark} %attr(0600, recodex, recodex) ${CONFIG}
%attr(0755, root, root) /usr/bin/recodex-monitor
${OLD_UNIT}
${MODULE}
`,
  );
  const options = ['-bb', '--quiet', '--define', `_topdir ${machine.file('original')}`];
  run('rpmbuild', ...options, '--define', `_rpmdir ${machine.directory}`, spec);
  return machine.file('noarch/recodex-monitor-1.2.0-2.noarch.rpm');
}

function ownership(path: string): string {
  const { uid, gid, mode } = statSync(join(root, path));
  return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
}
