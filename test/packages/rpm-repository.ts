import { mkdirSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.js';
import { copyNode } from './node-package.js';
import { ORIGINAL_COMMAND, ORIGINAL_UNIT } from './original.js';

const FOLDER = '/srv/repository';
const CONFIG = '/etc/recodex/monitor/config.yml';
const MODULES = `---
document: modulemd
version: 2
data:
  name: nodejs
  stream: "22"
  version: 1
  context: "12345678"
  arch: ${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}
  summary: Node.js
  description: Node.js
  license: { module: [MIT] }
  profiles: { common: { rpms: [nodejs] } }
  artifacts: { rpms: ["nodejs-1:${process.versions.node}-1.noarch"] }
...
---
document: modulemd-defaults
version: 1
data:
  module: nodejs
  profiles: { "22": [common] }
...
`;

/**
 * Lets dnf find what RHEL 9 has: an old Node.js, and the module `nodejs:22`, which contains the Node.js of the tests.
 * There a package starts no service, unless an administrator enables the service.
 */
export function setUpDnf(machine: Machine): void {
  mkdirSync(machine.path(FOLDER));
  copyNode(machine, '/srv/nodejs');
  buildRpm(machine, 'system', { Version: '9', Provides: '/bin/sh\nProvides: shadow-utils' });
  buildRpm(machine, 'nodejs', { Epoch: '1', Version: '16.20.2' });
  const install = 'mkdir -p %{buildroot}\ncp -a /srv/nodejs/usr %{buildroot}';
  buildRpm(machine, 'nodejs', { Epoch: '1', Version: process.versions.node }, install, '/usr');
  writeFileSync(
    machine.path('/etc/dnf/dnf.conf'),
    '[main]\nmodule_platform_id=platform:el9\nmetadata_expire=0\n',
  );
  mkdirSync(machine.path('/etc/yum.repos.d'), { recursive: true });
  const repository = `[repository]\nname=Repository\nbaseurl=file://${FOLDER}\ngpgcheck=0\n`;
  writeFileSync(machine.path('/etc/yum.repos.d/repository.repo'), repository);
  writeFileSync(machine.path('/srv/modules.yaml'), MODULES);
  mkdirSync(machine.path('/etc/systemd/system-preset'), { recursive: true });
  writeFileSync(machine.path('/etc/systemd/system-preset/99-default-disable.preset'), 'disable *\n');
  publish(machine);
}

/**
 * Adds the package of the original to the repository: its name, its version and the files that its README lists.
 *
 * @param mark of the configuration in the list of files
 */
export function addOriginal(machine: Machine, mark: string): void {
  writeFileSync(machine.path('/srv/original.service'), ORIGINAL_UNIT);
  writeFileSync(machine.path('/srv/original'), ORIGINAL_COMMAND);
  const install = `mkdir -p %{buildroot}/usr/lib/python3/site-packages
touch %{buildroot}/usr/lib/python3/site-packages/monitor.py
install -D -m 755 /srv/original %{buildroot}/usr/bin/recodex-monitor
install -D -m 644 /srv/original.service %{buildroot}/etc/systemd/system/recodex-monitor.service
install -d %{buildroot}/etc/recodex/monitor
echo 'logger: {}' >%{buildroot}${CONFIG}`;
  const files = `${mark} %attr(0600, recodex, recodex) ${CONFIG}\n/usr\n/etc/systemd/system/recodex-monitor.service`;
  buildRpm(machine, 'recodex-monitor', { Version: '1.2.0' }, install, files);
  publish(machine);
}

function publish(machine: Machine): void {
  machine.run(`
    createrepo_c --quiet ${FOLDER}
    modifyrepo_c --mdtype=modules /srv/modules.yaml ${FOLDER}/repodata >/dev/null`);
}

function buildRpm(
  machine: Machine,
  name: string,
  tags: Readonly<Record<string, string>>,
  install = '',
  files = '',
): void {
  const lines = Object.entries(tags).map(([tag, value]) => `${tag}: ${value}\n`);
  writeFileSync(
    machine.path(`/srv/${name}.spec`),
    `%define _binary_payload w0.gzdio
%define __os_install_post %{nil}
%define _binaries_in_noarch_packages_terminate_build 0
Name: ${name}
${lines.join('')}Release: 1
Summary: ${name}
License: MIT
BuildArch: noarch
AutoReqProv: no
%description
${name}
%install
${install}
%files
${files}
`,
  );
  machine.run(
    `rpmbuild -bb --quiet --define '_rpmdir ${FOLDER}' --define '_topdir /srv/rpmbuild' /srv/${name}.spec`,
  );
}
