import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentBlocks } from '../docs/document-block.js';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { markedBlock } from '../fixtures/markdown.js';
import { DocumentedBlocks } from './documented-blocks.js';
import { Machine } from './machine.js';
import { installNode } from './node-package.js';
import { installOriginal, ORIGINAL_UNIT } from './original.js';
import { DEB, TARBALL, VERSION } from './package-files.js';

const PAGE = 'docs/migration.md';
const CONFIG = '/etc/recodex/monitor/config.yml';
const OLD_UNIT = '/etc/systemd/system/recodex-monitor.service';
const page = readFileSync(PAGE, 'utf8');

// rpm.package-spec.ts executes the commands for RHEL and Fedora.
const blocks = new DocumentedBlocks(
  ['apt-get', 'npm', 'systemctl', 'rm'],
  (block) => block.page === PAGE && block.marker === undefined && !/^dnf /m.test(block.code),
);
const [restart, restartWithJournal] = blocks.takeEqual(PAGE, 'systemctl restart recodex-monitor\n');

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  installNode(machine);
  installOriginal(machine);
  for (const file of [DEB, TARBALL]) machine.copy(file, '/root', basename(file));
});
afterAll(() => machine?.stop());

// The steps of docs/migration.md in their order. Each test uses what the previous one has left.
describe('the migration with npm', () => {
  it('saves the original', () => {
    expect(status()).toContain('/bin/sh /usr/bin/recodex-monitor');
    machine.run(markedBlock(page, 'save'));
    expect(machine.run('ls recodex-monitor-original').split('\n')).toEqual([
      'config.yml',
      'log',
      'recodex-monitor',
      'recodex-monitor.service',
      '',
    ]);
  });

  it('tries the monitor beside the original', () => {
    expect(machine.run(blocks.take(PAGE, 'npm install'))).toContain('The configuration is valid.');
    expect(status()).toContain('/bin/sh /usr/bin/recodex-monitor');
  });

  it('replaces the command of the original', () => {
    const dropIn = documentBlocks(PAGE).find(({ language }) => language === 'ini')!;
    const file = machine.path(`${OLD_UNIT}.d/override.conf`);
    mkdirSync(dirname(file));
    writeFileSync(file, dropIn.code);
    machine.run(`systemctl daemon-reload\n${restart}`);
    machine.run('until curl --silent --fail http://127.0.0.1:4568/health/ready; do sleep 0.1; done');
    expect(status()).toContain('/opt/recodex-monitor/bin/recodex-monitor');
  });

  it('gives way to the original', () => {
    machine.run(blocks.take(PAGE, 'systemctl revert'));
    expect(status()).toMatch(/active \(running\)[^]*\/bin\/sh \/usr\/bin\/recodex-monitor/);
  });
});

describe('the migration with the .deb', () => {
  it('replaces the original', () => {
    machine.run(blocks.take(PAGE, 'apt-get install'));
    expect(machine.read(CONFIG)).toBe(ORIGINAL_CONFIGURATION);
    expect(machine.ownership(CONFIG)).toBe('recodex:recodex 640');
    expect(machine.run(`ls ${OLD_UNIT}*`)).toBe(`${OLD_UNIT}.original\n`);
    expect(machine.run('readlink /etc/systemd/system/multi-user.target.wants/recodex-monitor.service')).toBe(
      '/lib/systemd/system/recodex-monitor.service\n',
    );
    expect(machine.run('ls /var/lib/recodex-monitor')).toBe('');
  });

  it('passes the documented checks', () => {
    // The broker stays connected.
    machine.run(`
      recodex-monitor simulate --tasks 2 --rate 1000 --delay 0 --repeat 300 >/dev/null 2>&1 &
      until curl --silent http://127.0.0.1:4568/metrics | grep 'command="FINISHED"} 1'; do sleep 0.1; done`);
    const section = /^## 4\. Check[^]*?(?=^##)/m.exec(page)![0];
    const outputs = [...section.matchAll(/^\| `(.*?)`.*\| (.*?) +\|$/gm)].map(([, command, expected]) => [
      machine.run(command!),
      expected!.replaceAll('`', ''),
    ]);
    expect(outputs).toEqual([
      [`${VERSION}\n`, 'the version of this monitor'],
      ['The configuration is valid.\n', 'exit code 0'],
      [expect.stringContaining('active (running)'), 'active (running)'],
      [expect.stringMatching(/"status":"ok".*"connected":true/), expect.any(String)],
      [expect.stringMatching(/Ready\n[^]*Broker connected/), 'Ready, then Broker connected'],
      [expect.stringContaining('recodex_monitor_messages_total{command="FINISHED"} 1'), expect.any(String)],
    ]);
  });

  it('keeps the channels with a journal', () => {
    machine.run(markedBlock(page, 'journal'));
    machine.run(restartWithJournal!);
    const ready = machine.run('curl http://127.0.0.1:4568/health/ready');
    expect(ready).toContain('"journal":{"state":"writing","status":"up"}');
  });

  it('gives way to the original', () => {
    machine.run(blocks.take(PAGE, 'apt-get remove'));
    machine.run(markedBlock(page, 'restore'));
    machine.run(blocks.take(PAGE, 'systemctl daemon-reload'));
    expect(machine.run('recodex-monitor --help')).toBe('the original\n');
    expect(status()).toMatch(/active \(running\)[^]*\/bin\/sh \/usr\/bin\/recodex-monitor/);
    expect(machine.read(OLD_UNIT)).toBe(ORIGINAL_UNIT);
    expect(machine.run('systemctl is-enabled recodex-monitor')).toBe('enabled\n');
    const log = machine.read('/var/log/recodex/monitor.log');
    expect(log).toMatch(/^a line of the original\n[^]*Ready/);
  });

  it('has no other commands', () => {
    expect(blocks.untaken).toEqual([]);
  });
});

function status(): string {
  return machine.run('systemctl status recodex-monitor');
}
