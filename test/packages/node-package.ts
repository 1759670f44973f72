import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.js';

/** Installs a package `nodejs` that contains the Node.js and the npm of the tests, as that of NodeSource does. */
export function installNode(machine: Machine): void {
  const folder = '/srv/nodejs';
  copyNode(machine, folder);
  const npm = join(dirname(process.execPath), '../lib/node_modules/npm');
  cpSync(npm, machine.path(`${folder}/usr/lib/node_modules/npm`), {
    recursive: true,
    verbatimSymlinks: true,
  });
  mkdirSync(machine.path(`${folder}/DEBIAN`));
  writeFileSync(
    machine.path(`${folder}/DEBIAN/control`),
    `Package: nodejs\nVersion: ${process.versions.node}\nArchitecture: all\nMaintainer: Nobody <root@localhost>\nDescription: Node.js\n`,
  );
  machine.run(`
    ln -s ../lib/node_modules/npm/bin/npm-cli.js ${folder}/usr/bin/npm
    dpkg-deb --build --root-owner-group -Znone ${folder}
    dpkg --install ${folder}.deb`);
}

/** Copies the Node.js of the tests into a folder of a machine, at its path in a package. */
export function copyNode(machine: Machine, folder: string): void {
  machine.copy(process.execPath, `${folder}/usr/bin`, 'node');
}
