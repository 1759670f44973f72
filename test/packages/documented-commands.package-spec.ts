import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentBlocks } from '../docs/document-block.js';
import { handshake } from '../fixtures/raw-http.js';
import { DocumentedBlocks } from './documented-blocks.js';
import { playJob, streamOf } from './jobs.js';
import { Machine } from './machine.js';
import { installNode } from './node-package.js';
import { DEB, makeRevision, VERSION } from './package-files.js';

const CONFIG = '/etc/recodex/monitor/config.yml';
const JOURNAL = '/var/lib/recodex-monitor';
const UNITS = '/etc/systemd/system';
const UNIT = 'recodex-monitor';
const PATIENT_CURL = 'curl --silent --fail --retry 20 --retry-delay 1 --retry-connrefused';
const PROGRAMS = ['apt-get', 'chgrp', 'chown', 'journalctl', 'ssh', 'systemctl'];

// Pages that another suite executes: migration.package-spec.ts, rpm.package-spec.ts, documented-programs.package-spec.ts.
const blocks = new DocumentedBlocks(
  PROGRAMS,
  ({ page, code }) =>
    page !== 'docs/migration.md' &&
    !code.includes('sudo ') &&
    (!/^dnf /m.test(code) || /^apt-get /m.test(code)),
);

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
});
afterAll(() => machine?.stop());

// Each test uses what the previous one has left.
describe('the documented commands on Debian', () => {
  const install = blocks.take('docs/install.md', 'apt-get install -y ./recodex-monitor');

  it('install nothing with the Node.js of Debian 12', () => {
    machine.copy(DEB, '/root', basename(DEB));
    expect(() => machine.run(install)).toThrow(/recodex-monitor : Depends: nodejs \(>= 20\.19\)/);
  });

  it('install and start the service', () => {
    installNode(machine);
    machine.run(install);
    const output = machine.run(blocks.take('docs/install.md', 'systemctl status'));
    expect(output).toMatch(/Active: active \(running\)[^]*"status":"ok"/);
    expect(show('UnitFileState')).toBe('enabled');
  });

  it('install it again', () => {
    machine.run('apt-get purge -y recodex-monitor');
    machine.run(blocks.take('docs/start.md', 'apt-get install'));
    expect(show('ActiveState')).toBe('active');
  });

  it('reach the admin listener from another machine', () => {
    const [tunnel, url] = blocks.take('docs/dashboard.md', 'ssh').split('# then open ');
    // The other machine is another network, with the home directory of this one.
    machine.run(`
      systemctl start ssh
      mkdir -p -m 700 .ssh
      ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519
      cp .ssh/id_ed25519.pub .ssh/authorized_keys
      echo 'StrictHostKeyChecking accept-new' >.ssh/config
      echo '192.0.2.1 monitor.example.org' >>/etc/hosts
      ip netns add elsewhere
      ip link add monitor type veth peer name elsewhere netns elsewhere
      ip address add 192.0.2.1/24 dev monitor
      ip link set monitor up
      ip -n elsewhere address add 192.0.2.2/24 dev elsewhere
      ip -n elsewhere link set elsewhere up
      ip -n elsewhere link set lo up`);
    const output = machine.run(`ip netns exec elsewhere bash -ec '
      ! curl --silent ${url!.trim()} || exit 2
      coproc ${tunnel}
      ${PATIENT_CURL} --header "Accept: text/html" ${url!.trim()}
      curl --silent http://127.0.0.1:4568/health/ready
      exec {COPROC[1]}>&-
      wait $COPROC_PID'`);
    expect(output).toMatch(/<title>[^]*"status":"ok"/);
  });

  it('control the service', () => {
    machine.run(`systemctl disable --now ${UNIT}`);
    const output = machine.run(
      blocks.take('docs/operations.md', 'systemctl enable --now recodex-monitor  #'),
    );
    expect(output).toMatch(
      /Active: active[^]*Ready\n[^]*cause=SIGHUP[^]*Reloaded the configuration[^]*reason=SIGTERM[^]*Ready\n/,
    );
    // The start of the machine starts this target.
    machine.run(`systemctl stop ${UNIT} && systemctl start multi-user.target`);
    expect(show('ActiveState')).toBe('active');
  });

  it('reload a changed configuration', async () => {
    machine.run(`sed -i 's/rotations: 3/rotations: 4/' ${CONFIG}`);
    const block = blocks.take('docs/operations.md', 'kill -HUP PID');
    expect(machine.run(block.replace('PID', show('MainPID')))).toContain('"successful":true');
    await logs('applied=logger.rotations');
  });

  it('set what a drop-in says', () => {
    machine.run('install -d -o recodex /srv/log/recodex');
    writeDropIn(`${UNIT}.service`, 'LimitNOFILE=110000');
    machine.run(`systemctl restart ${UNIT}`);
    const pid = show('MainPID');
    // This machine may not permit more open files to root.
    expect(show('LimitNOFILE')).toBe('110000');
    expect(show('MemoryMax')).toBe(String(3 * 1024 ** 3));
    expect(machine.run(`nsenter --target ${pid} --mount touch /srv/log/recodex/file`)).toBe('');
    expect(machine.run('curl -s http://127.0.0.1:4568/status')).toContain('"warning"');
    machine.run(`systemctl revert ${UNIT} && systemctl restart ${UNIT}`);
  });

  it('let systemd open the port for clients', async () => {
    machine.run(blocks.take('docs/operations.md', `systemctl enable --now ${UNIT}.socket`));
    await logs('Listening on a socket from systemd instead of websocket_uri');
    // This client does not answer the close. The monitor waits for it, and meanwhile other clients connect.
    const answers = machine.run(`
      exec 3<>/dev/tcp/127.0.0.1/4567
      printf '${handshake('/channels/a').replaceAll('\r\n', String.raw`\r\n`)}' >&3
      read -r line <&3
      echo "$line"
      systemctl restart ${UNIT} & restart=$!
      while kill -0 $restart 2>/dev/null; do
        { curl --silent --fail --output /dev/null http://127.0.0.1:4567/health/live && echo served || echo lost; } &
        sleep 0.02
      done
      wait`);
    expect(answers).toMatch(/^HTTP\/1.1 101 .*\s+(served\n){10,}$/);
    writeDropIn(`${UNIT}.socket`, 'ListenStream=0.0.0.0:4567');
    machine.run(`systemctl stop ${UNIT}.socket ${UNIT} && systemctl start ${UNIT}.socket`);
    // The first client starts the monitor.
    expect(machine.run('curl -s http://192.0.2.1:4567/health/ready')).toContain('"status":"ok"');
    machine.run(`
      systemctl revert ${UNIT}.socket
      systemctl disable --now ${UNIT}.socket
      systemctl restart ${UNIT}`);
  });

  it('run a second monitor, also with a port from systemd', () => {
    machine.run(blocks.take('docs/operations.md', 'second.yml'));
    for (const [name, websocket, admin, zeromq] of [
      ['first', 4567, 4568, 7894],
      ['second', 5567, 5568, 8894],
    ] as const) {
      playJob(machine, name, `--zeromq tcp://127.0.0.1:${zeromq}`);
      expect(streamOf(machine, name, websocket)).toContain('FINISHED');
      expect(machine.run(`curl -s http://127.0.0.1:${admin}/metrics`)).toContain('{command="FINISHED"} 1');
    }
    expect(machine.run(`recodex-monitor journal verify ${JOURNAL}/second`)).toMatch(/journal-\d{8}/);
    const socket = `${UNIT}@second.socket`;
    expect(() => machine.run(`systemctl start ${socket}`)).toThrow('bad unit file setting');
    writeDropIn(socket, 'ListenStream=127.0.0.1:5567');
    machine.run(`systemctl stop ${UNIT}@second; systemctl enable --now ${socket}`);
    expect(machine.run('curl -s http://127.0.0.1:5567/health/ready')).toContain('"status":"ok"');
    machine.run(`systemctl disable --now ${socket} ${UNIT}@second`);
  });

  it('run an ingest and edges', () => {
    machine.run(blocks.take('docs/scaling.md', 'chown recodex:recodex'));
    machine.run(`
      cp -p ${CONFIG} config.yml
      echo "requirepass $(cat /etc/recodex/monitor/redis-password)" >>/etc/redis/redis.conf
      systemctl start redis-server`);
    const [ingest, edge] = documentBlocks('docs/scaling.md').filter(
      ({ language, code }) => language === 'yaml' && code.includes('redis://127.0.0.1:6379'),
    );
    writeFileSync(machine.path(CONFIG), ingest!.code);
    // The page shows the first edge. The ports of the second one are greater by 10.
    const second = edge!.code.replaceAll('edge-1', 'edge-2').replaceAll(' 556', ' 557');
    writeFileSync(machine.path('/etc/recodex/monitor/edge-1.yml'), edge!.code);
    writeFileSync(machine.path('/etc/recodex/monitor/edge-2.yml'), second);
    expect(machine.run(blocks.take('docs/scaling.md', 'recodex-monitor@edge-1'))).toContain('"status":"ok"');
    playJob(machine, 'relayed');
    for (const port of [5567, 5577]) expect(streamOf(machine, 'relayed', port)).toContain('FINISHED');
    // Both at the same port, which systemd opens.
    const sockets = `${UNIT}@edge-1.socket ${UNIT}@edge-2.socket`;
    machine.run(`
      systemctl stop ${UNIT}@edge-1 ${UNIT}@edge-2
      for socket in ${sockets}; do
        mkdir -p ${UNITS}/$socket.d
        printf '[Socket]\\nListenStream=127.0.0.1:5567\\nReusePort=yes\\n' >${UNITS}/$socket.d/port.conf
      done
      systemctl daemon-reload
      systemctl start ${sockets}
      systemctl start ${UNIT}@edge-1 ${UNIT}@edge-2`);
    expect(machine.run('ss -Hltn sport = :5567').trim().split('\n')).toHaveLength(2);
    expect(streamOf(machine, 'relayed', 5567)).toContain('FINISHED');
    machine.run(`
      systemctl stop ${sockets}
      systemctl disable --now ${UNIT}@edge-1 ${UNIT}@edge-2
      cp -p config.yml ${CONFIG}
      systemctl restart ${UNIT}`);
  });

  it('find the process that uses too much memory', () => {
    machine.run(`systemctl set-property --runtime ${UNIT} MemoryMax=30M`);
    expect(() => machine.run(`systemctl restart ${UNIT}`)).toThrow('Job for recodex-monitor.service failed');
    expect(show('Result')).toMatch(/oom-kill|signal/);
    machine.run(`systemctl revert ${UNIT}; systemctl reset-failed ${UNIT}; systemctl restart ${UNIT}`);
    const output = machine.run(blocks.take('docs/troubleshooting.md', 'grep -i oom'));
    expect(output).toMatch(/oom-kill:.*\/recodex-monitor\.service,task=node/);
  });

  // What docs/operations.md says about a crash and about the watchdog.
  it.each(['KILL', 'STOP'])('restart a process after SIG%s', (signal) => {
    const folder = `/run/systemd/system/${UNIT}.service.d`;
    machine.run(`
      mkdir ${folder}
      printf '[Service]\\nWatchdogSec=4\\n' >${folder}/watchdog.conf
      systemctl daemon-reload
      systemctl restart ${UNIT}`);
    const pid = show('MainPID');
    machine.run(`
      kill -${signal} ${pid}
      while [[ $(systemctl show -P MainPID ${UNIT}) == @(${pid}|0) ]]; do sleep 0.1; done
      systemctl revert ${UNIT}
      systemctl start ${UNIT}`);
    expect(show('NRestarts')).toBe('1');
  });

  it('show why something fails', () => {
    const output = machine.run(blocks.take('docs/troubleshooting.md', `journalctl -u ${UNIT}`));
    expect(output).toMatch(/"status":"ok"[^]*Ready[^]*systemd\[1\]: Started/);
  });

  it('start without a journal that cannot be read', () => {
    expect(streamOf(machine, 'first')).toContain('FINISHED');
    machine.run(blocks.take('docs/troubleshooting.md', `mv ${JOURNAL}/journal-*`));
    expect(machine.run('ls journal')).toContain('journal-0');
    const summary = "curl --silent -H 'Accept: application/json' http://127.0.0.1:4567/channels/first";
    expect(machine.run(`${summary} --output /dev/null --write-out '%{http_code}'`)).toBe('404');
  });

  it('make keys that only the service and root can read', () => {
    machine.run(blocks.take('docs/tokens.md', 'token.key'));
    machine.run(blocks.take('docs/zeromq.md', 'chgrp'));
    for (const key of ['token.key', 'curve/monitor.key', 'redis-password']) {
      const file = `/etc/recodex/monitor/${key}`;
      expect(machine.run(`${as('recodex')} cat ${file}`)).not.toBe('');
      expect(() => machine.run(`${as('daemon')} cat ${file}`)).toThrow('Permission denied');
    }
  });

  it('upgrade the package, and keep the channels', () => {
    playJob(machine, 'upgraded');
    machine.run(`systemctl start ${UNIT}@second`);
    const pids = [show('MainPID'), show('MainPID', `${UNIT}@second`)];
    addRevision('2');
    machine.run(`cd 2\n${blocks.take('docs/operations.md', 'dnf install ./', 'dnf')}`);
    expect(installed()).toBe(`${VERSION}-2`);
    expect(pids).not.toContain(show('MainPID'));
    expect(pids).not.toContain(show('MainPID', `${UNIT}@second`));
    expect(streamOf(machine, 'upgraded')).toContain('FINISHED');
  });

  it('keep the configuration when the default has changed too', () => {
    addRevision('3', (folder) => appendFileSync(`${folder}${CONFIG}`, '# a new default\n'));
    machine.run(`cd 3\n${blocks.take('docs/operations.md', '--force-confold')}`);
    expect(machine.read(CONFIG)).toContain('rotations: 4');
    expect(machine.read(`${CONFIG}.dpkg-dist`)).toContain('# a new default');
  });

  it('go back to an earlier version', () => {
    // dpkg asks about the changed configuration. An empty answer keeps it.
    machine.run(blocks.take('docs/operations.md', 'dnf downgrade', 'dnf'), '\n');
    expect(installed()).toBe(`${VERSION}-1`);
    expect(streamOf(machine, 'upgraded')).toContain('FINISHED');
  });

  it('stop all monitors when they remove the package', () => {
    const units = [UNIT, `${UNIT}@second`].flatMap((name) => [`${name}.socket`, name]).join(' ');
    machine.run(`systemctl stop ${units} && systemctl start ${units}`);
    machine.run('apt-get remove -y recodex-monitor');
    expect(machine.run(`systemctl list-units --no-legend --state active '${UNIT}*'`)).toBe('');
  });

  it('install the package after a removal', () => {
    machine.run(blocks.take('README.md', 'apt-get install', 'dnf', 'npm'));
    expect(show('ActiveState')).toBe('active');
    expect(streamOf(machine, 'upgraded')).toContain('FINISHED');
  });

  it('are all executed', () => {
    expect(blocks.untaken).toEqual([]);
  });
});

function show(property: string, unit = UNIT): string {
  return machine.run(`systemctl show -P ${property} ${unit}`).trim();
}

function as(user: string): string {
  return `setpriv --reuid ${user} --regid ${user} --clear-groups`;
}

/** Resolves when the log file has a text. */
function logs(text: string): Promise<void> {
  return vi.waitFor(() => expect(machine.read('/var/log/recodex/monitor.log')).toContain(text), 10_000);
}

function installed(): string {
  return machine.run("dpkg-query --show --showformat='${Version}' recodex-monitor");
}

/** Puts the package with another revision into a folder. */
function addRevision(revision: string, change?: (folder: string) => void): void {
  const folder = machine.path(`/root/${revision}`);
  mkdirSync(folder);
  makeRevision(revision, join(folder, basename(DEB).replace('-1_', `-${revision}_`)), change);
}

/** Sets what the only drop-in of docs/operations.md with a text says. */
function writeDropIn(unit: string, text: string): void {
  const [dropIn, ...others] = documentBlocks('docs/operations.md').filter(
    ({ language, code }) => language === 'ini' && code.includes(text),
  );
  expect(others).toEqual([]);
  const file = machine.path(`${UNITS}/${unit}.d/documented.conf`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, dropIn!.code);
  machine.run('systemctl daemon-reload');
}
