import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT, run } from './run.js';
import { spawnSync } from 'node:child_process';

/** Paths that the package and the tests create. */
const PATHS = [
  '/etc/recodex',
  '/var/log/recodex',
  '/var/lib/recodex-monitor',
  '/usr/lib/recodex-monitor',
  '/usr/bin/recodex-monitor',
];
const OLD_UNIT = '/etc/systemd/system/recodex-monitor.service';

/** The content of the command of the original, which starts Python. */
const ORIGINAL_COMMAND = '#!/bin/sh\necho "the original"\n';

/** This machine, where packages are installed. `restore` removes everything that a test has left. */
export class Machine {
  /** A temporary directory that every user can read. */
  readonly directory = mkdtempSync('/tmp/recodex-monitor-packages-');
  private readonly hadUser = succeeds('getent', 'passwd', 'recodex');
  private readonly hadGroup = succeeds('getent', 'group', 'recodex');
  private hasDummyNode = false;

  constructor() {
    const found = [...PATHS, OLD_UNIT].filter((path) => existsSync(path));
    if (found.length > 0) throw new Error(`These tests would remove ${found.join(', ')}`);
    run('chmod', '755', this.directory);
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  /** Installs an empty package `nodejs` when the Node.js of this machine comes from elsewhere. */
  installDummyNode(): void {
    if (succeeds('dpkg', '--status', 'nodejs')) return;
    const folder = mkdtempSync(join(tmpdir(), 'nodejs-'));
    mkdirSync(join(folder, 'DEBIAN'));
    writeFileSync(
      join(folder, 'DEBIAN/control'),
      `Package: nodejs\nVersion: ${process.versions.node}\nArchitecture: all\n` +
        'Maintainer: Nobody <root@localhost>\nDescription: stands for the Node.js of this machine\n',
    );
    // The first line of the command names this path.
    if (!existsSync('/usr/bin/node')) {
      mkdirSync(join(folder, 'usr/bin'), { recursive: true });
      symlinkSync(process.execPath, join(folder, 'usr/bin/node'));
    }
    run('dpkg-deb', '--build', '--root-owner-group', folder, this.file('nodejs.deb'));
    rmSync(folder, { recursive: true });
    run('dpkg', '--install', this.file('nodejs.deb'));
    this.hasDummyNode = true;
  }

  /** Writes the files that the manual installation of the original leaves. */
  installOriginal(configuration: string, unit: string): void {
    mkdirSync('/etc/recodex/monitor', { recursive: true });
    writeFileSync('/etc/recodex/monitor/config.yml', configuration);
    mkdirSync('/etc/systemd/system', { recursive: true });
    writeFileSync(OLD_UNIT, unit);
    writeFileSync('/usr/bin/recodex-monitor', ORIGINAL_COMMAND, { mode: 0o755 });
    mkdirSync('/var/log/recodex', { recursive: true });
    writeFileSync('/var/log/recodex/monitor.log', 'a line of the original\n');
    // The installation of the original makes this user. A test may run before the user exists.
    succeeds('chown', '-R', 'recodex:recodex', '/var/log/recodex');
  }

  /** Never fails, because it also runs after a failure. */
  restore(): void {
    succeeds('dpkg', '--purge', '--force-all', 'recodex-monitor');
    if (this.hasDummyNode) succeeds('dpkg', '--purge', '--force-all', 'nodejs');
    for (const path of [...PATHS, OLD_UNIT, `${OLD_UNIT}.original`, this.directory])
      rmSync(path, { recursive: true, force: true });
    if (!this.hadUser) succeeds('userdel', 'recodex');
    if (!this.hadGroup) succeeds('groupdel', 'recodex');
  }
}

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { env: ENVIRONMENT, stdio: 'ignore' }).status === 0;
}
