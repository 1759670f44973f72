import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Collects the packages that Rolldown and Vite put into their bundles. */
export class BundledPackages {
  /** @type {Set<string>} */
  #folders = new Set();

  /** A plugin for Rolldown and Vite that adds the packages of one build. */
  plugin() {
    return {
      name: 'bundled-packages',
      generateBundle: (_options, bundle) => {
        for (const { moduleIds = [] } of Object.values(bundle)) for (const id of moduleIds) this.#add(id);
      },
    };
  }

  /** Adds a package of which files are copied, by its folder. */
  addFolder(folder) {
    this.#folders.add(folder);
  }

  /** The content of THIRD_PARTY_LICENSES: name, version, licence id and licence text of each package. */
  licenses() {
    return [HEAD, ...[...this.#folders].toSorted().map(notice)].join('\n');
  }

  #add(moduleId) {
    const folder = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
    if (folder) this.#folders.add(folder);
  }
}

const HEAD =
  'The files in dist/ contain code of the packages below. Each package is listed with its licence.\n';

function notice(folder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // `licenses` is the old form: https://docs.npmjs.com/cli/configuring-npm/package-json#license
  return `== ${name} ${version}: ${license ?? licenses[0].type}\n\n${licenseText(folder).trim()}\n`;
}

/** A package without its licence text has a copy from its repository in scripts/licenses. */
function licenseText(folder) {
  const files = readdirSync(folder).filter((entry) => /^(licen[cs]e|copying|notice)/i.test(entry));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  // Often only one package of a repository contains the licence text.
  const scope = dirname(folder);
  if (!/\/@[^/]+$/.test(scope)) return '';
  const path = readdirSync(scope)
    .map((sibling) => join(scope, sibling, 'LICENSE'))
    .find((candidate) => existsSync(candidate));
  if (path) return readFileSync(path, 'utf8');
  const copy = new URL(`licenses/${basename(scope)}/${basename(folder)}.txt`, import.meta.url);
  return existsSync(copy) ? readFileSync(copy, 'utf8') : '';
}
