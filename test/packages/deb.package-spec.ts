import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { cycloneDxValidator } from '../fixtures/cyclonedx-schema.js';
import { linkedFiles, markedBlock } from '../fixtures/markdown.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { Machine } from './machine.js';
import { installNode } from './node-package.js';
import { DEB, makeRevision, VERSION } from './package-files.js';
import { run } from './run.js';

const CONFIG = '/etc/recodex/monitor/config.yml';
const JOURNAL = '/var/lib/recodex-monitor';
const DOCUMENTATION = '/usr/share/doc/recodex-monitor';
const INSTALL = `dpkg --install --force-confold /root/${basename(DEB)}`;

const directory = useTemporaryDirectory();
let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  installNode(machine);
  machine.copy(DEB, '/root', basename(DEB));
});
afterAll(() => machine?.stop());

// Each test uses what the previous one has left.
describe('the .deb', () => {
  it('installs what the original installs', () => {
    machine.run(INSTALL);
    expect(machine.run('recodex-monitor --version')).toBe(`${VERSION}\n`);
    expect(machine.ownership(CONFIG)).toBe('recodex:recodex 640');
    expect(machine.ownership('/var/log/recodex')).toBe('recodex:recodex 755');
    expect(machine.ownership('/var/log/recodex/monitor.log')).toBe('recodex:recodex 640');
    expect(machine.ownership(JOURNAL)).toBe('recodex:recodex 750');
    expect(machine.ownership('/usr/lib/recodex-monitor/dist/main.js')).toBe('root:root 644');
    // Not a Node.js of the user's PATH, and with V8's flags.
    expect(machine.read('/usr/lib/recodex-monitor/bin/recodex-monitor.js')).toMatch(
      /^#!\/usr\/bin\/env -S \/usr\/bin\/node --max-semi/,
    );
    const files = ['LICENSE', 'THIRD_PARTY_LICENSES', 'sbom.cdx.json', 'copyright', 'docs/configuration.md'];
    for (const name of files) expect(machine.exists(`${DOCUMENTATION}/${name}`)).toBe(true);
    expect(cycloneDxValidator()(JSON.parse(machine.read(`${DOCUMENTATION}/sbom.cdx.json`)))).toEqual([]);
    expect(machine.exists('/usr/share/man/man8/recodex-monitor.8.gz')).toBe(true);
    for (const name of [
      'bash-completion/completions/recodex-monitor',
      'zsh/vendor-completions/_recodex-monitor',
      'fish/vendor_completions.d/recodex-monitor.fish',
    ])
      expect(machine.read(`/usr/share/${name}`)).toContain('check-config');
  });

  it('names a maintainer with an address', () => {
    const maintainer = process.env.PACKAGE_MAINTAINER ?? 'recodex-monitor contributors <maintainers@';
    expect(run('dpkg-deb', '--field', DEB, 'Maintainer')).toContain(maintainer);
  });

  it('has the examples for Prometheus and Grafana, which need no change', () => {
    const examples = machine.path(`${DOCUMENTATION}/examples`);
    expect(run('promtool', 'check', 'rules', `${examples}/prometheus/alerts.yml`)).toContain('SUCCESS');
    run('promtool', 'check', 'config', `${examples}/prometheus/prometheus.yml`);
    expect(readFileSync(`${examples}/grafana/dashboard.json`, 'utf8')).toContain('recodex_monitor_');
  });

  it('has the runbook of each alert at its URL', () => {
    const rules = machine.read(`${DOCUMENTATION}/examples/prometheus/alerts.yml`);
    const urls = [...rules.matchAll(/runbook_url: file:\/\/(\S+)#(\S+)/g)];
    expect(urls.length).toBeGreaterThan(10);
    for (const [, path, anchor] of urls)
      expect(machine.read(path!).toLowerCase()).toContain(`\n## ${anchor}\n`);
  });

  it('has alerts whose runbooks can be moved, as docs/metrics.md says', () => {
    const commands = markedBlock(readFileSync('docs/metrics.md', 'utf8'), 'runbook-url').replaceAll(
      /(?<=\s)\/usr\/share/g,
      machine.path('/usr/share'),
    );
    expect(run('sh', '-ec', `cd ${directory.path}\n${commands}`)).toContain('SUCCESS');
    const rules = readFileSync(directory.file('alerts.yml'), 'utf8');
    expect(rules).toContain('https://wiki.example.org/recodex-monitor/runbooks.md#recodexmonitordown');
    expect(rules).not.toContain('file://');
  });

  it('has a documentation with links that work', () => {
    const root = machine.path(DOCUMENTATION);
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
    const units = 'recodex-monitor.service recodex-monitor@second.service recodex-monitor.socket';
    // Exits with 1 when a unit has a problem.
    expect(machine.run(`systemd-analyze verify --man=no ${units} 2>&1`)).toBe('');
    const verify = 'systemd-analyze verify --man=no recodex-monitor@second.socket';
    expect(() => machine.run(verify)).toThrow('has no Listen setting');
  });

  it.each(['recodex-monitor.service', 'recodex-monitor@second.service'])(
    '%s is exposed to at most 1.6',
    (unit) => {
      const report = machine.run(`systemd-analyze security --threshold=16 --no-pager ${unit}`);
      expect(report).toMatch(/Overall exposure level for .*: 1\.[0-6] OK/);
    },
  );

  it('can write nowhere else', () => {
    const pid = machine.run('systemctl show -P MainPID recodex-monitor').trim();
    const inService = `nsenter --target ${pid} --mount setpriv --reuid recodex --regid recodex --clear-groups`;
    for (const folder of ['/var/log/recodex', JOURNAL]) machine.run(`${inService} touch ${folder}/file`);
    for (const folder of ['/etc/recodex', '/var/lib', '/home', '/usr'])
      expect(() => machine.run(`${inService} touch ${folder}/file`)).toThrow(/Read-only|Permission denied/);
    machine.run(`rm /var/log/recodex/file ${JOURNAL}/file`);
  });

  it('ends the start at once when the configuration is wrong', () => {
    machine.run(`sed -i.valid 's/4567/nowhere/' ${CONFIG}`);
    expect(() => machine.run('systemctl restart recodex-monitor')).toThrow(
      'Job for recodex-monitor.service failed',
    );
    expect(machine.run('systemctl show -P ExecMainStatus -P NRestarts recodex-monitor').split('\n')).toEqual(
      expect.arrayContaining(['78', '0']),
    );
    expect(machine.run('journalctl -u recodex-monitor')).toContain('websocket_uri');
    machine.run(
      `mv ${CONFIG}.valid ${CONFIG}; chown recodex:recodex ${CONFIG}; systemctl restart recodex-monitor`,
    );
  });

  it('keeps the owner of the journal when it is upgraded, and corrects root', () => {
    machine.run(`systemctl stop recodex-monitor; chown daemon ${JOURNAL}; ${INSTALL}`);
    expect(machine.ownership(JOURNAL)).toBe('daemon:recodex 750');
    machine.run(`chown root:root ${JOURNAL}; ${INSTALL}`);
    expect(machine.ownership(JOURNAL)).toBe('recodex:recodex 750');
    machine.run('systemctl start recodex-monitor');
  });

  it('leaves the configuration, the log and the journal when it is removed', () => {
    machine.run('recodex-monitor simulate --tasks 2 --rate 1000 --delay 0');
    machine.run('dpkg --remove recodex-monitor');
    expect(() => machine.run('systemctl is-active recodex-monitor')).toThrow('inactive');
    expect(machine.exists('/usr/bin/recodex-monitor')).toBe(false);
    expect(machine.exists(CONFIG)).toBe(true);
    expect(machine.exists('/var/log/recodex/monitor.log')).toBe(true);
    expect(readdirSync(machine.path(JOURNAL))).toContainEqual(expect.stringMatching(/^journal-\d{8}$/));
  });

  it('leaves only files of the administrator when it is purged', () => {
    // A lock of a process that was killed, a link, and two files that the monitor has not written.
    for (const folder of ['/srv/elsewhere', `${JOURNAL}/second`]) mkdirSync(machine.path(folder));
    symlinkSync('/srv/elsewhere', machine.path(`${JOURNAL}/link`));
    for (const path of [
      '/srv/elsewhere/lock',
      `${JOURNAL}/lock`,
      `${JOURNAL}/second/notes`,
      `${JOURNAL}/notes`,
    ])
      writeFileSync(machine.path(path), '');
    writeFileSync(machine.path(join(dirname(CONFIG), 'second.yml')), '');
    machine.run('dpkg --purge recodex-monitor');
    expect(machine.exists(CONFIG)).toBe(false);
    expect(machine.exists('/var/log/recodex/monitor.log')).toBe(false);
    expect(machine.exists(join(dirname(CONFIG), 'second.yml'))).toBe(true);
    expect(readdirSync(machine.path(JOURNAL)).toSorted()).toEqual(['link', 'notes', 'second']);
    expect(readdirSync(machine.path(`${JOURNAL}/second`))).toEqual(['notes']);
    expect(machine.exists('/srv/elsewhere/lock')).toBe(true);
  });

  it('leaves no journal when it is purged', () => {
    machine.run(`rm -r ${JOURNAL}; ${INSTALL}; systemctl stop recodex-monitor`);
    mkdirSync(machine.path(`${JOURNAL}/second`));
    for (const name of ['journal-00000009', 'second/journal-00000007.damaged', 'second/lock'])
      writeFileSync(machine.path(`${JOURNAL}/${name}`), '');
    machine.run('dpkg --purge recodex-monitor');
    expect(machine.exists(JOURNAL)).toBe(false);
  });

  it('puts the configuration of the original back when the installation fails', () => {
    mkdirSync(machine.path(dirname(CONFIG)), { recursive: true });
    writeFileSync(machine.path(CONFIG), ORIGINAL_CONFIGURATION);
    // dpkg refuses a file of another package.
    makeRevision('2', machine.path('/root/failing.deb'), (folder) =>
      cpSync('/usr/bin/env', `${folder}/usr/bin/env`),
    );
    expect(() => machine.run('dpkg --install failing.deb')).toThrow('trying to overwrite');
    expect(machine.read(CONFIG)).toBe(ORIGINAL_CONFIGURATION);
    expect(machine.exists(`${CONFIG}.original`)).toBe(false);
  });
});
