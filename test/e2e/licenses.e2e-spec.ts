import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Licences that allow us to distribute the code under MIT, when their text is included. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
];

/** Shortest licence text in use, 0BSD, has about 600 characters. */
const SHORTEST_TEXT = 500;

describe('THIRD_PARTY_LICENSES', () => {
  const content = readFileSync('THIRD_PARTY_LICENSES', 'utf8');
  const sections = content.split(/^== /m).slice(1);

  it('lists packages of the server and of the page', () => {
    for (const name of ['@nestjs/core', 'winston', 'zod', 'preact', 'uplot'])
      expect(content).toMatch(new RegExp(`^== ${name} `, 'm'));
  });

  it.each(sections.map((section) => section.split('\n', 1)[0]!))(
    'has the name, version and licence of %s',
    (head) => {
      const { name, version, license } = /^(?<name>\S+) (?<version>\d+\.\d+\.\d+\S*): (?<license>\S+)$/.exec(
        head,
      )!.groups!;
      expect(name).toBeTruthy();
      expect(version).toBeTruthy();
      expect(ALLOWED).toContain(license);
    },
  );

  it('has the text of each licence', () => {
    const short = sections.filter((section) => section.length < SHORTEST_TEXT);
    expect(short.map((section) => section.split('\n', 1)[0])).toEqual([]);
  });
});
