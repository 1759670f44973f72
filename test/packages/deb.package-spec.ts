import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { freePorts } from '../fixtures/built-daemon.js';
import { cycloneDxValidator } from '../fixtures/cyclonedx-schema.js';
import { codeBlocks, linkedFiles, markedBlock } from '../fixtures/markdown.js';
import { Machine } from './machine.js';
import { DEB, VERSION } from './package-files.js';
import { ENVIRONMENT, run } from './run.js';
import { Service } from './service.js';
import { UnitFile } from './unit-file.js';

const CONFIG = '/etc/recodex/monitor/config.yml';
const SECOND = '/etc/recodex/monitor/second.yml';
const UNIT = '/lib/systemd/system/recodex-monitor.service';
const JOURNAL = '/var/lib/recodex-monitor';
const ORIGINAL_UNIT = '[Service]\nExecStart=/usr/bin/recodex-monitor\n';
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
    expect(ownership(JOURNAL)).toBe('recodex:recodex 750');
    expect(ownership('/usr/lib/recodex-monitor/dist/main.js')).toBe('root:root 644');
    // Not a Node.js of the user's PATH, and with V8's flags.
    expect(readFileSync('/usr/bin/recodex-monitor', 'utf8')).toMatch(
      /^#!\/usr\/bin\/env -S \/usr\/bin\/node --max-semi/,
    );
    const files = ['LICENSE', 'THIRD_PARTY_LICENSES', 'sbom.cdx.json', 'copyright', 'docs/configuration.md'];
    for (const name of files) expect(existsSync(`/usr/share/doc/recodex-monitor/${name}`)).toBe(true);
    const sbom = readFileSync('/usr/share/doc/recodex-monitor/sbom.cdx.json', 'utf8');
    expect(cycloneDxValidator()(JSON.parse(sbom))).toEqual([]);
    expect(existsSync('/usr/share/man/man8/recodex-monitor.8.gz')).toBe(true);
    for (const name of [
      'bash-completion/completions/recodex-monitor',
      'zsh/vendor-completions/_recodex-monitor',
      'fish/vendor_completions.d/recodex-monitor.fish',
    ])
      expect(readFileSync(`/usr/share/${name}`, 'utf8')).toContain('check-config');
  });

  it('needs a Node.js that runs the monitor', () => {
    expect(run('dpkg-deb', '--field', DEB, 'Depends')).toContain('nodejs (>= 20.19)');
  });

  it('names a maintainer with an address', () => {
    const maintainer = process.env.PACKAGE_MAINTAINER ?? 'recodex-monitor contributors <maintainers@';
    expect(run('dpkg-deb', '--field', DEB, 'Maintainer')).toContain(maintainer);
  });

  it('has the examples for Prometheus and Grafana, which need no change', () => {
    const examples = '/usr/share/doc/recodex-monitor/examples';
    expect(run('promtool', 'check', 'rules', `${examples}/prometheus/alerts.yml`)).toContain('SUCCESS');
    run('promtool', 'check', 'config', `${examples}/prometheus/prometheus.yml`);
    expect(readFileSync(`${examples}/grafana/dashboard.json`, 'utf8')).toContain('recodex_monitor_');
  });

  it('has the runbook of each alert at its URL', () => {
    const rules = readFileSync('/usr/share/doc/recodex-monitor/examples/prometheus/alerts.yml', 'utf8');
    const urls = [...rules.matchAll(/runbook_url: file:\/\/(\S+)#(\S+)/g)];
    expect(urls.length).toBeGreaterThan(10);
    for (const [, path, anchor] of urls)
      expect(readFileSync(path!, 'utf8').toLowerCase()).toContain(`\n## ${anchor}\n`);
  });

  it('has alerts whose runbooks can be moved, as docs/metrics.md says', () => {
    const commands = markedBlock(readFileSync('docs/metrics.md', 'utf8'), 'runbook-url');
    expect(run('sh', '-ec', `cd ${machine.directory}\n${commands}`)).toContain('SUCCESS');
    const rules = readFileSync(machine.file('alerts.yml'), 'utf8');
    expect(rules).toContain('https://wiki.example.org/recodex-monitor/runbooks.md#recodexmonitordown');
    expect(rules).not.toContain('file://');
  });

  it('has a documentation with links that work', () => {
    const root = '/usr/share/doc/recodex-monitor';
    // architecture.md links to the sources, which a package does not have.
    const pages = readdirSync(`${root}/docs`).filter(
      (name) => name.endsWith('.md') && name !== 'architecture.md',
    );
    const broken = pages.flatMap((page) =>
      linkedFiles(readFileSync(`${root}/docs/${page}`, 'utf8'))
        .filter((link) => !existsSync(join(root, 'docs', link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('has units that systemd accepts', () => {
    const units = ['recodex-monitor.service', 'recodex-monitor@second.service', 'recodex-monitor.socket'];
    // Exits with 1 when a unit has a problem.
    expect(run('systemd-analyze', 'verify', '--man=no', ...units)).toBe('');
  });

  it('has a socket unit for each instance, whose port a drop-in sets', () => {
    const unit = 'recodex-monitor@second.socket';
    expect(() => run('systemd-analyze', 'verify', '--man=no', unit)).toThrow('has no Listen setting');
    mkdirSync(`/etc/systemd/system/${unit}.d`, { recursive: true });
    writeFileSync(`/etc/systemd/system/${unit}.d/port.conf`, '[Socket]\nListenStream=127.0.0.1:5567\n');
    try {
      expect(run('systemd-analyze', 'verify', '--man=no', unit)).toBe('');
    } finally {
      rmSync(`/etc/systemd/system/${unit}.d`, { recursive: true });
    }
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
    const log = (): string => readFileSync('/var/log/recodex/monitor.log', 'utf8');
    await vi.waitFor(() => expect(log()).toContain('Opening the log file again'));
    expect(await service.stop()).toBe(0);
    await service.notifications.receives('STOPPING=1');
    expect(ownership('/var/log/recodex/monitor.log')).toBe('recodex:recodex 640');
  });

  it('ends the start at once when the configuration is wrong', () => {
    const unit = new UnitFile(UNIT);
    const broken = machine.file('broken.yml');
    writeFileSync(broken, 'websocket_uri: nowhere\n');
    // systemd ignores the failure of the check, and does not repeat a start that ends with one of these codes.
    expect(unit.get('ExecStartPre')).toMatch(/^-\/usr\/bin\/recodex-monitor check-config/);
    const { status, stderr } = spawnSync('/usr/bin/recodex-monitor', ['-c', broken], {
      encoding: 'utf8',
      env: ENVIRONMENT,
    });
    expect(unit.get('RestartPreventExitStatus').split(' ')).toContain(String(status));
    expect(stderr).toContain('websocket_uri');
  });

  it('runs the two instances of docs/operations.md side by side', async () => {
    run('sh', '-ec', secondInstance());
    const [admin] = await moveToFreePorts([4568], CONFIG, SECOND);
    const [own, template] = [
      new UnitFile(UNIT),
      new UnitFile(UNIT.replace('.service', '@.service'), 'second'),
    ];
    const fromFile = { RECODEX_MONITOR_WEBSOCKET_URI: '', RECODEX_MONITOR_ZEROMQ_URI: '' };
    const first = await Service.start(own, {
      notifyPath: machine.file('first'),
      // The configuration of the first instance has no admin_uri: its default port may be in use here.
      environment: { ...fromFile, RECODEX_MONITOR_ADMIN_URI: `127.0.0.1:${admin}` },
    });
    try {
      service = await Service.start(template, {
        notifyPath: machine.file('second'),
        environment: { ...fromFile, RECODEX_MONITOR_ADMIN_URI: '' },
      });
      expect(await service.relayJob('second')).toContain('FINISHED');
      expect(await first.relayJob('first')).toContain('FINISHED');
      for (const { adminUrl } of [first, service])
        expect(await (await fetch(`${adminUrl}metrics`)).text()).toContain('{command="FINISHED"} 1');
      for (const log of ['monitor.log', 'second.log'])
        expect(readFileSync(`/var/log/recodex/${log}`, 'utf8')).toContain('Ready');
      expect(first.output).not.toContain('ERROR');
      expect(service.output).not.toContain('ERROR');
      for (const folder of [JOURNAL, `${JOURNAL}/second`])
        expect(run('recodex-monitor', 'journal', 'verify', folder)).toMatch(/journal-\d{8}/);
      expect(await first.stop()).toBe(0);
      expect((await fetch(`${service.adminUrl}health/ready`)).status).toBe(200);
    } finally {
      first.kill();
    }
  });

  it('keeps a changed configuration and the channels when it is upgraded while the service runs', async () => {
    appendFileSync(CONFIG, '# changed here\n');
    service = await Service.start(new UnitFile(UNIT), { notifyPath: machine.file('upgrade') });
    await service.send('upgraded', 'STARTED', 'ENDED');
    const position = await service.position('upgraded', 2);
    run('dpkg', '--install', nextVersion());
    // systemd restarts the service.
    expect(await service.stop()).toBe(0);
    service.kill();
    service = await Service.start(new UnitFile(UNIT), { notifyPath: machine.file('upgraded') });
    expect(await service.position('upgraded', 2)).toBe(position);
    await service.send('upgraded', 'FINISHED');
    const resumed = await service.stream('upgraded', position);
    expect(resumed).toContain(`id: ${position.replace(/-2$/, '-3')}\n`);
    expect(resumed).not.toMatch(/STARTED|event: (reset|continue)/);
    expect(await service.stop()).toBe(0);
    expect(run('dpkg-query', '--show', '--showformat=${Version}', 'recodex-monitor')).toBe(`${VERSION}-2`);
    expect(readFileSync(CONFIG, 'utf8')).toContain('# changed here');
    expect(ownership(CONFIG)).toBe('recodex:recodex 640');
  });

  it('keeps a changed configuration when the default has changed too', () => {
    run('dpkg', '--install', '--force-confold', nextVersion('# a new default\n'));
    expect(readFileSync(CONFIG, 'utf8')).toContain('# changed here');
    expect(readFileSync(`${CONFIG}.dpkg-dist`, 'utf8')).toContain('# a new default');
  });

  it('keeps the owner of the journal when it is upgraded, and corrects root', () => {
    const upgrade = (): string => run('dpkg', '--install', '--force-confold', DEB);
    run('chown', 'daemon', JOURNAL);
    upgrade();
    expect(ownership(JOURNAL)).toBe('daemon:recodex 750');
    run('chown', 'root:root', JOURNAL);
    upgrade();
    expect(ownership(JOURNAL)).toBe('recodex:recodex 750');
  });

  it('leaves the configuration, the log and the journal when it is removed', () => {
    run('dpkg', '--remove', 'recodex-monitor');
    expect(existsSync('/usr/bin/recodex-monitor')).toBe(false);
    expect(existsSync(CONFIG)).toBe(true);
    expect(existsSync('/var/log/recodex/monitor.log')).toBe(true);
    expect(readdirSync(JOURNAL)).toContainEqual(expect.stringMatching(/^journal-\d{8}$/));
  });

  it('leaves only files of the administrator when it is purged', () => {
    // A lock of a process that was killed, a link, and two files that the monitor has not written.
    const elsewhere = machine.file('elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, `${JOURNAL}/link`);
    for (const path of [
      `${elsewhere}/lock`,
      `${JOURNAL}/lock`,
      `${JOURNAL}/second/notes`,
      `${JOURNAL}/notes`,
    ])
      writeFileSync(path, '');
    run('dpkg', '--purge', 'recodex-monitor');
    expect(existsSync(CONFIG)).toBe(false);
    expect(existsSync('/var/log/recodex/monitor.log')).toBe(false);
    expect(existsSync(SECOND)).toBe(true);
    expect(readdirSync(JOURNAL).toSorted()).toEqual(['link', 'notes', 'second']);
    expect(readdirSync(`${JOURNAL}/second`)).toEqual(['notes']);
    expect(existsSync(`${elsewhere}/lock`)).toBe(true);
    rmSync(JOURNAL, { recursive: true });
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
    machine.installOriginal(ORIGINAL_CONFIGURATION, ORIGINAL_UNIT);
    migrate('save');
    run('dpkg', '--install', DEB);
    expect(readFileSync(CONFIG, 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    expect(ownership(CONFIG)).toBe('recodex:recodex 640');
    expect(existsSync(OLD_UNIT)).toBe(false);
    expect(existsSync(`${OLD_UNIT}.original`)).toBe(true);
    service = await Service.start(new UnitFile(UNIT), { notifyPath: machine.file('takeover') });
    expect(await service.relayJob('job')).toContain('FINISHED');
    expect(await service.stop()).toBe(0);
    expect(readdirSync(JOURNAL)).toEqual([]);
  });

  it('keeps a journal with the configuration of the original, as docs/migration.md says', () => {
    const file = machine.file('with-journal.yml');
    cpSync(CONFIG, file);
    const commands = markedBlock(readFileSync('docs/migration.md', 'utf8'), 'journal');
    expect(run('sh', '-ec', commands.replaceAll(CONFIG, file))).toContain('valid');
    expect(run('recodex-monitor', 'print-config', '-c', file)).toContain(JOURNAL);
  });

  it('gives way to the original again, as docs/migration.md says', () => {
    run('dpkg', '--remove', 'recodex-monitor');
    migrate('restore');
    expect(run('recodex-monitor')).toBe('the original\n');
    expect(readFileSync(OLD_UNIT, 'utf8')).toBe(ORIGINAL_UNIT);
    expect(existsSync(`${OLD_UNIT}.original`)).toBe(false);
    expect(readFileSync(CONFIG, 'utf8')).toBe(ORIGINAL_CONFIGURATION);
    expect(readFileSync('/var/log/recodex/monitor.log', 'utf8')).toMatch(/^a line of the original\n.*Ready/s);
  });

  it('leaves no journal when it is purged', () => {
    mkdirSync(`${JOURNAL}/second`, { recursive: true });
    for (const name of ['journal-00000001', 'second/journal-00000007.damaged', 'second/lock'])
      writeFileSync(`${JOURNAL}/${name}`, '');
    run('dpkg', '--purge', 'recodex-monitor');
    expect(existsSync(JOURNAL)).toBe(false);
  });
});

/** Runs commands of docs/migration.md, which save files outside of the home directory of root here. */
function migrate(step: string): void {
  const commands = markedBlock(readFileSync('docs/migration.md', 'utf8'), step);
  run('sh', '-ec', commands.replaceAll('/root/', `${machine.directory}/`));
}

/** The commands of docs/operations.md that make a second instance, without those for systemd. */
function secondInstance(): string {
  const blocks = codeBlocks(readFileSync('docs/operations.md', 'utf8'), 'sh');
  const commands = blocks.find((block) => block.includes('second.yml'))!.split('\n');
  return commands.filter((command) => !command.startsWith('systemctl')).join('\n');
}

/**
 * Replaces each port of the files by a free port, the same port by the same free port. Resolves to the free ports of
 * `others`.
 */
async function moveToFreePorts(others: readonly number[], ...files: string[]): Promise<number[]> {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const found = [...texts.join('').matchAll(/\b\d{4}\b(?=\]?$)/gm)].map(Number);
  const ports = [...new Set([...others, ...found])];
  const free = await Promise.all([freePorts(), freePorts()]).then((all) =>
    all.flatMap((group) => Object.values(group) as number[]),
  );
  const replacement = new Map(ports.map((port, index) => [port, free[index]!]));
  for (const [index, file] of files.entries())
    writeFileSync(
      file,
      texts[index]!.replaceAll(/\b\d{4}\b(?=\]?$)/gm, (port) => String(replacement.get(Number(port)))),
    );
  return others.map((port) => replacement.get(port)!);
}

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
