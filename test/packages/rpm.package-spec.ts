import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { markedBlock } from '../fixtures/markdown.js';
import { DocumentedBlocks } from './documented-blocks.js';
import { playJob, streamOf } from './jobs.js';
import { Machine } from './machine.js';
import { installOriginal } from './original.js';
import { makeRpm, RPM, VERSION } from './package-files.js';
import { addOriginal, setUpDnf } from './rpm-repository.js';

const CONFIG = '/etc/recodex/monitor/config.yml';
const JOURNAL = '/var/lib/recodex-monitor';
const OLD_UNIT = '/etc/systemd/system/recodex-monitor.service';
const MODULE = '/usr/lib/python3/site-packages/monitor.py';

const blocks = new DocumentedBlocks(['dnf'], () => true);
const replaceOriginal = blocks.take('docs/migration.md', 'dnf install -y ./');
const restoreOriginal = blocks.take('docs/migration.md', 'dnf install -y recodex-monitor-1.2.0');

let machine: Machine;

// Debian's dnf and rpm, and a repository like that of RHEL 9. Each test uses what the previous one has left.
beforeAll(async () => {
  machine = await Machine.boot();
  setUpDnf(machine);
  machine.copy(RPM, '/root', basename(RPM));
});
afterAll(() => machine?.stop());

describe('the documented commands on RHEL', () => {
  const install = blocks.take('docs/install.md', 'dnf install');

  it('install nothing with the old Node.js', () => {
    expect(() => machine.run(install)).toThrow('nodejs >= 1:20.19');
  });

  it('install Node.js', () => {
    machine.run(blocks.take('docs/install.md', 'dnf module'));
    expect(machine.run('/usr/bin/node --version')).toBe(`${process.version}\n`);
  });

  it('install and start the service', () => {
    machine.run(install);
    expect(machine.run('systemctl status recodex-monitor')).toMatch(/; enabled;[^]*active \(running\)/);
    expect(machine.run('getent passwd recodex')).toMatch(/^recodex:.*:\/etc\/recodex:.*nologin$/m);
    expect(machine.ownership(CONFIG)).toBe('recodex:recodex 640');
    expect(machine.ownership('/var/log/recodex')).toBe('recodex:recodex 755');
    expect(machine.ownership(JOURNAL)).toBe('recodex:recodex 750');
    playJob(machine, 'job');
  });

  it('upgrade the package, and keep the configuration and the channels', () => {
    const pid = machine.run('systemctl show -P MainPID recodex-monitor');
    appendFileSync(machine.path(CONFIG), '# changed here\n');
    mkdirSync(machine.path('/root/next'));
    makeRpm('9.0.0', machine.path('/root/next'), (tree) =>
      appendFileSync(`${tree}${CONFIG}`, '# a new default\n'),
    );
    const upgrade = blocks.take('docs/operations.md', 'dnf install ./', 'apt-get');
    machine.run(`cd next\n${upgrade}`, 'y\n');
    expect(installed()).toBe('9.0.0');
    expect(machine.run('systemctl show -P MainPID recodex-monitor')).not.toBe(pid);
    expect(streamOf(machine, 'job')).toContain('FINISHED');
    expect(machine.read(CONFIG)).toContain('# changed here');
    expect(machine.read(`${CONFIG}.rpmnew`)).toContain('# a new default');
  });

  it('go back to an earlier version', () => {
    machine.run(blocks.take('docs/operations.md', 'dnf downgrade', 'apt-get'));
    expect(installed()).toBe(VERSION);
    expect(streamOf(machine, 'job')).toContain('FINISHED');
  });

  it('leave the log, the journal and the changed configuration when they remove the package', () => {
    machine.run('dnf remove -y recodex-monitor');
    expect(machine.exists('/usr/bin/recodex-monitor')).toBe(false);
    expect(() => machine.run('systemctl is-active recodex-monitor')).toThrow('inactive');
    expect(machine.exists(CONFIG)).toBe(false);
    expect(machine.read(`${CONFIG}.rpmsave`)).toContain('# changed here');
    expect(machine.exists('/var/log/recodex/monitor.log')).toBe(true);
    expect(readdirSync(machine.path(JOURNAL))).toContainEqual(expect.stringMatching(/^journal-\d{8}$/));
  });

  it('install it again', () => {
    machine.run(blocks.take('README.md', 'dnf install', 'apt-get', 'npm'), 'y\n');
    expect(installed()).toBe(VERSION);
    machine.run(`dnf remove -y recodex-monitor; rm -r /etc/recodex ${JOURNAL}`);
  });

  it('are all executed', () => {
    expect(blocks.untaken).toEqual([]);
  });
});

// How the rpm of the original marks its configuration is not known: Python's bdist_rpm does not mark it.
describe.each([
  ['a marked configuration', '%config(noreplace)'],
  ['an unmarked configuration', ''],
])('the migration of an original with %s', (_name, mark) => {
  const page = readFileSync('docs/migration.md', 'utf8');

  it('replaces the package and keeps the configuration', () => {
    addOriginal(machine, mark);
    machine.run('dnf install -y recodex-monitor-1.2.0 && systemctl enable --now recodex-monitor');
    expect(machine.run('recodex-monitor --help')).toBe('the original\n');
    writeFileSync(machine.path(CONFIG), ORIGINAL_CONFIGURATION);
    machine.run(markedBlock(page, 'save'));
    machine.run(replaceOriginal);
    expect(installed()).toBe(VERSION);
    expect(machine.read(CONFIG)).toBe(ORIGINAL_CONFIGURATION);
    expect(machine.ownership(CONFIG)).toBe('recodex:recodex 600');
    expect(machine.ownership(`${CONFIG}.rpmnew`)).toBe('recodex:recodex 640');
    for (const path of [MODULE, OLD_UNIT]) expect(machine.exists(path)).toBe(false);
    expect(machine.run('systemctl is-enabled recodex-monitor')).toBe('enabled\n');
    playJob(machine, 'job');
    expect(streamOf(machine, 'job')).toContain('FINISHED');
  });

  it('gives way to the original, which gets its configuration back', () => {
    machine.run(restoreOriginal);
    expect(installed()).toBe('1.2.0');
    expect(machine.read(CONFIG)).toBe(ORIGINAL_CONFIGURATION);
    for (const path of [MODULE, OLD_UNIT]) expect(machine.exists(path)).toBe(true);
    expect(machine.run('systemctl status recodex-monitor')).toMatch(
      /; enabled;[^]*active \(running\)[^]*\/bin\/sh \/usr\/bin\/recodex-monitor/,
    );
    expect(machine.exists('/var/log/recodex/monitor.log')).toBe(true);
  });

  // docs/migration.md says to save the configuration before.
  it('cannot keep an unmarked configuration of an original that was removed before', () => {
    machine.run(
      `systemctl disable --now recodex-monitor; rm -f ${CONFIG}.rpm*; dnf remove -y recodex-monitor`,
    );
    expect(machine.exists(CONFIG)).toBe(false);
    expect(machine.exists(`${CONFIG}.rpmsave`)).toBe(mark !== '');
    machine.run('rm -rf /etc/recodex /root/recodex-monitor-original');
  });
});

describe('the .rpm over an original that was installed by hand', () => {
  it('keeps the configuration and moves the unit', () => {
    machine.run('userdel recodex');
    installOriginal(machine);
    machine.run(replaceOriginal);
    expect(machine.exists(`${OLD_UNIT}.original`)).toBe(true);
    expect(machine.read(CONFIG)).toBe(ORIGINAL_CONFIGURATION);
    expect(machine.run('systemctl is-active recodex-monitor')).toBe('active\n');
  });
});

function installed(): string {
  return machine.run("rpm --query --queryformat '%{VERSION}' recodex-monitor");
}
