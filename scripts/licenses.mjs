import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A plugin for Rolldown and Vite: writes `licenses.txt`, the licences of all packages that went into the bundle. */
export function licenses() {
  return {
    name: 'licenses',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((chunk) => chunk.moduleIds ?? []);
      const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
      const source = [...folders].toSorted().map(notice).join('\n');
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source });
    },
  };
}

function packageFolder(moduleId) {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  // Packages of one repository often keep the text only once, in their sibling.
  const text = file ? readFileSync(join(folder, file), 'utf8') : siblingText(folder);
  return `== ${name} ${version}: ${license}\n\n${text.trim()}\n`;
}

function siblingText(folder) {
  const siblings = dirname(folder);
  if (!/\/@[^/]+$/.test(siblings)) return '';
  const found = readdirSync(siblings)
    .map((sibling) => join(siblings, sibling, 'LICENSE'))
    .find((path) => existsSync(path));
  return found ? readFileSync(found, 'utf8') : '';
}
