import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TRANSITIONS } from '../../client/transitions.js';
import { CONNECTION_EVENTS } from '../fixtures/client/connection-events.js';

const FOLDER = new URL('../../client/', import.meta.url);
const text = readFileSync(new URL('SPEC.md', FOLDER), 'utf8');

/** The cells of each row of the table below a heading, without its head. */
function tableOf(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

describe('client/SPEC.md', () => {
  it('lists all states and events', () => {
    expect(tableOf('States').map(([state]) => state)).toEqual(Object.keys(TRANSITIONS));
    expect(tableOf('Events').map(([event]) => event)).toEqual(CONNECTION_EVENTS);
  });

  it('lists each transition as the code has it', () => {
    const rows = Object.entries(TRANSITIONS).map(([state, cells]) => [
      state,
      ...CONNECTION_EVENTS.map((event) => cells[event] ?? '-'),
    ]);
    expect(tableOf('Transitions')).toEqual(rows);
  });

  it('names an existing test for each invariant', () => {
    const invariants = tableOf('Invariants');
    expect(invariants.map(([rule]) => rule!.split('.')[0])).toEqual(invariants.map((_, at) => `I${at + 1}`));
    for (const [rule, test] of invariants) expect(namedTests(test!), rule).toHaveLength(1);
    expect(namedTests(text).filter(({ name, file }) => !hasTest(file, name))).toEqual([]);
  });
});

/** The tests that a text names: `"name" in [file](path)`. */
function namedTests(part: string): { name: string; file: URL }[] {
  return [...part.matchAll(/"((?:[^"\\]|\\.)+)" in \[[^\]]+\]\(([^)]+)\)/g)].map(([, name, path]) => ({
    name: name!.replaceAll('\\"', '"'),
    file: new URL(path!, FOLDER),
  }));
}

function hasTest(file: URL, name: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8').includes(`'${name}'`);
}
