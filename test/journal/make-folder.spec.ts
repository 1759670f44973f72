import { mkdirSync, mkdtempSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { makeFolder } from '../../src/journal/make-folder.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const workingDirectory = process.cwd();

afterEach(() => process.chdir(workingDirectory));

it('makes a folder and its parents', () => {
  makeFolder(directory.file('a/b/c'), 0o750);
  for (const path of ['a', 'a/b', 'a/b/c']) {
    const status = statSync(directory.file(path));
    expect([path, status.isDirectory(), status.mode & 0o777]).toEqual([path, true, 0o750]);
  }
});

it('accepts a folder that exists, and a relative path', () => {
  process.chdir(directory.path);
  mkdirSync('a');
  makeFolder('a', 0o750);
  makeFolder('b/c/', 0o750);
  expect(statSync(directory.file('b/c')).isDirectory()).toBe(true);
});

it('fails at a file, below a file, and at a link to nothing', () => {
  writeFileSync(directory.file('file'), '');
  symlinkSync(directory.file('nothing'), directory.file('link'));
  expect(() => makeFolder(directory.file('file'), 0o750)).toThrow('EEXIST');
  // Node.js 20 names the path, later versions name the file.
  expect(() => makeFolder(directory.file('file/a/b'), 0o750)).toThrow(/^(ENOTDIR|EEXIST): .*file/);
  expect(() => makeFolder(directory.file('link'), 0o750)).toThrow('EEXIST');
});

it('fails in a working directory that was deleted', () => {
  const deleted = mkdtempSync(join(tmpdir(), 'recodex-monitor-'));
  process.chdir(deleted);
  rmdirSync(deleted);
  expect(() => makeFolder('a/b', 0o750)).toThrow('ENOENT');
});
