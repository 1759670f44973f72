import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, linksOf } from '../fixtures/markdown.js';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe.each(pages)('%s', (page) => {
  it('has no link that leads nowhere', () => {
    expect(linksOf(readFileSync(page, 'utf8')).filter((link) => isBroken(page, link))).toEqual([]);
  });
});

describe('docs/README.md', () => {
  it('links to every page', () => {
    const linked = linksOf(readFileSync('docs/README.md', 'utf8')).map(([path]) => path);
    const names = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(names.filter((name) => !linked.includes(name))).toEqual([]);
  });
});

function isBroken(page: string, [path, anchor]: readonly [path: string, anchor: string]): boolean {
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return true;
  return anchor !== '' && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}
