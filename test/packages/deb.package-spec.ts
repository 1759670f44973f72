import { appendFileSync, cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { Machine } from './machine.js';
import { DEB, VERSION } from './package-files.js';
import { run } from './run.js';
import { Service } from './service.js';
import { UnitFile } from './unit-file.js';

const CONFIG = '/etc/recodex/monitor/config.yml';
const UNIT = '/lib/systemd/system/recodex-monitor.service';
const OLD_UNIT = '/etc/systemd/system/recodex-monitor.service';

let machine: Machine;
let service: Service | undefined;

beforeAll(() => {
  machine = new Machine();
  machine.installDummyNode();
});

afterEach(() => service?.kill());
afterAll(() => machine?.restore());

// Each test uses what the previous one has left.
describe('the .deb', () => {
  it('installs what the original installs', () => {
    run('dpkg', '--install', DEB);
    expect(run('recodex-monitor', '--version')).toBe(`${VERSION}\n`);
    expect(ownership(CONFIG)).toBe('recodex:recodex 640');
    expect(ownership('/var/log/recodex')).toBe('recodex:recodex 755');
    expect(ownership('/usr/lib/recodex-monitor/dist/main.js')).toBe('root:root 644');
    // Not a Node.js of the user's PATH, and with V8's flags.
    expect(readFileSync('/usr/bin/recodex-monitor', 'utf8')).toMatch(
      /^#!\/usr\/bin\/env -S \/usr\/bin\/node --max-semi/,
    );
    const files = ['LICENSE', 'THIRD_PARTY_LICENSES', 'copyright', 'docs/configuration.md'];
    for (const name of files) expect(existsSync(`/usr/share/doc/recodex-monitor/${name}`)).toBe(true);
    expect(existsSync('/usr/share/man/man8/recodex-monitor.8.gz')).toBe(true);
  });

  it('needs a Node.js that runs the monitor', () => {
    expect(run('dpkg-deb', '--field', DEB, 'Depends')).toContain('nodejs (>= 20.19)');
  });

  it('has units that systemd accepts', () => {
    const units = ['recodex-monitor.service', 'recodex-monitor@second.service', 'recodex-monitor.socket'];
    // Exits with 1 when a unit has a problem.
    expect(run('systemd-analyze', 'verify', '--man=no', ...units)).toBe('');
  });

  it.each(['recodex-monitor.service', 'recodex-monitor@.service'])('%s is exposed to at most 1.6', (name) => {
    const options = ['--offline=true', '--threshold=16', '--no-pager'];
    const report = run('systemd-analyze', 'security', ...options, `/lib/systemd/system/${name}`);
    expect(report).toMatch(/Overall exposure level for .*: 1\.[0-6] OK/);
  });

  it('runs as the unit says, and relays a job', async () => {
    const notifyPath = machine.file('notify');
    service = await Service.start(new UnitFile(UNIT), { notifyPath, watchdog: 200_000 });
    const events = await service.relayJob('job');
    expect(events).toContain('"command":"STARTED"');
    expect(events).toContain('"command":"FINISHED"');
    await service.notifications.receives('WATCHDOG=1');
    await service.reload();
    const reports = service.notifications.states.filter((state) => state !== 'WATCHDOG=1');
    expect(reports).toEqual([
      'READY=1',
      'RELOADING=1',
      expect.stringMatching(/^MONOTONIC_USEC=\d+$/),
      'READY=1',
    ]);
    expect(readFileSync('/var/log/recodex/monitor.log', 'utf8')).toContain('Opening the log file again');
    expect(await service.stop()).toBe(0);
    await service.notifications.receives('STOPPING=1');
    expect(ownership('/var/log/recodex/monitor.log')).toBe('recodex:recodex 640');
  });

  it('runs two instances with two configurations', async () => {
    cpSync(CONFIG, '/etc/recodex/monitor/second.yml', { preserveTimestamps: true });
    run('chown', 'recodex:recodex', '/etc/recodex/monitor/second.yml');
    run('sed', '-i', 's/monitor.log/second.log/', '/etc/recodex/monitor/second.yml');
    const first = await Service.start(new UnitFile(UNIT), { notifyPath: machine.file('first') });
    try {
      const unit = new UnitFile(UNIT.replace('.service', '@.service'), 'second');
      service = await Service.start(unit, { notifyPath: machine.file('second') });
      expect(await service.relayJob('second')).toContain('FINISHED');
      expect(await first.relayJob('first')).toContain('FINISHED');
      expect(readFileSync('/var/log/recodex/second.log', 'utf8')).toContain('Ready');
    } finally {
      first.kill();
    }
  });

  it('keeps a changed configuration when it is upgraded', () => {
    appendFileSync(CONFIG, '# changed here\n');
    run('dpkg', '--install', nextVersion());
    expect(run('dpkg-query', '--show', '--showformat=${Version}', 'recodex-monitor')).toBe(`${VERSION}-2`);
    expect(readFileSync(CONFIG, 'utf8')).toContain('# changed here');
    expect(ownership(CONFIG)).toBe('recodex:recodex 640');
  });

  it('keeps a changed configuration when the default has changed too', () => {
    run('dpkg', '--install', '--force-confold', nextVersion('# a new default\n'));
    expect(readFileSync(CONFIG, 'utf8')).toContain('# changed here');
    expect(readFileSync(`${CONFIG}.dpkg-dist`, 'utf8')).toContain('# a new default');
  });

  it('leaves the configuration and the log when it is removed', () => {
    run('dpkg', '--remove', 'recodex-monitor');
    expect(existsSync('/usr/bin/recodex-monitor')).toBe(false);
    expect(existsSync(CONFIG)).toBe(true);
    expect(existsSync('/var/log/recodex/monitor.log')).toBe(true);
  });

  it('leaves only files of the administrator when it is purged', () => {
    run('dpkg', '--purge', 'recodex-monitor');
    expect(existsSync(CONFIG)).toBe(false);
    expect(existsSync('/var/log/recodex/monitor.log')).toBe(false);
    expect(existsSync('/etc/recodex/monitor/second.yml')).toBe(true);
  });

  it('puts the configuration of the original back when the installation fails', () => {
    machine.installOriginal(ORIGINAL_CONFIGURATION, '');
    // dpkg refuses a file of another package.
    const failing = rebuilt((folder) => cpSync('/usr/bin/env', `${folder}/usr/bin/env`));
    expect(() => run('dpkg', '--install', failing)).toThrow('trying to overwrite');
    expect(readFileSync(CONFIG, 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    expect(existsSync(`${CONFIG}.original`)).toBe(false);
  });

  it('takes over the configuration and the service of the original', async () => {
    machine.installOriginal(ORIGINAL_CONFIGURATION, '[Service]\nExecStart=/usr/bin/recodex-monitor\n');
    run('dpkg', '--install', DEB);
    expect(readFileSync(CONFIG, 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    expect(ownership(CONFIG)).toBe('recodex:recodex 640');
    expect(existsSync(OLD_UNIT)).toBe(false);
    expect(existsSync(`${OLD_UNIT}.original`)).toBe(true);
    service = await Service.start(new UnitFile(UNIT), { notifyPath: machine.file('takeover') });
    expect(await service.relayJob('job')).toContain('FINISHED');
  });
});

/** The package with the next version, and with `addition` at the end of its default configuration. */
function nextVersion(addition = ''): string {
  const version = addition === '' ? 2 : 3;
  return rebuilt((folder) => {
    const control = `${folder}/DEBIAN/control`;
    const text = readFileSync(control, 'utf8');
    writeFileSync(control, text.replace(`${VERSION}-1`, `${VERSION}-${version}`));
    appendFileSync(`${folder}${CONFIG}`, addition);
  });
}

/** The package after a change of its files. */
function rebuilt(change: (folder: string) => void): string {
  const folder = machine.file('rebuilt');
  run('rm', '-rf', folder);
  run('dpkg-deb', '--raw-extract', DEB, folder);
  change(folder);
  run('dpkg-deb', '--build', '--root-owner-group', '-Znone', folder, `${folder}.deb`);
  return `${folder}.deb`;
}

function ownership(path: string): string {
  const owner = run('stat', '--format', '%U:%G', path).trim();
  return `${owner} ${(statSync(path).mode & 0o777).toString(8)}`;
}
