import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { bytesOf, nextIndexIn, segmentsIn, surplusDamaged } from '../../src/journal/segment-names.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();

it('the segments of a folder are found in the order of their index', () => {
  put(['journal-00000010', 'journal-00000009', 'journal-100000000']);
  expect(segmentsIn(directory.path).map(({ index }) => index)).toEqual([9, 10, 100_000_000]);
});

it('other files in the folder are left alone', () => {
  put([
    'lock',
    'journal-1',
    'journal-00000001.bak',
    'xjournal-00000001',
    'journal-00000001~',
    'JOURNAL-00000001',
  ]);
  expect(segmentsIn(directory.path)).toEqual([]);
  expect(nextIndexIn(directory.path)).toBe(1);
});

it('the next index is after all segments, damaged ones included', () => {
  expect(nextIndexIn(directory.path)).toBe(1);
  put(['journal-00000003']);
  expect(nextIndexIn(directory.path)).toBe(4);
  put(['journal-00000007.damaged']);
  expect(nextIndexIn(directory.path)).toBe(8);
  mkdirSync(directory.file('journal-00000012'));
  expect(nextIndexIn(directory.path)).toBe(13);
});

it('the next index is that of the last segment if it has no records', () => {
  put(['journal-00000003', 'journal-00000004'], 20);
  expect(nextIndexIn(directory.path)).toBe(4);
  put(['journal-00000004.damaged'], 20);
  expect(nextIndexIn(directory.path)).toBe(5);
});

it('the newest two damaged segments are kept', () => {
  put([1, 5, 10, 20].map((index) => `journal-${String(index).padStart(8, '0')}.damaged`));
  expect(surplusDamaged(directory.path).map((path) => basename(path))).toEqual([
    'journal-00000001.damaged',
    'journal-00000005.damaged',
  ]);
});

it('the bytes of a segment that is gone are 0', () => {
  put(['journal-00000001']);
  const segments = [...segmentsIn(directory.path), { index: 2, path: directory.file('journal-00000002') }];
  expect(bytesOf(segments)).toBe(100);
});

function put(names: string[], bytes = 100): void {
  for (const name of names) writeFileSync(directory.file(name), 'x'.repeat(bytes));
}
