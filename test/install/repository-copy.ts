import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Copies the files of the repository that Git has or would add into a new folder, and commits them there. */
export function copyRepository(folder: string): void {
  const files = git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard').trim().split('\n');
  for (const file of files.filter((file) => existsSync(join(ROOT, file))))
    cpSync(join(ROOT, file), join(folder, file), { preserveTimestamps: true });
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  git(folder, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', 'All');
}

/** Adds what `npm ci` makes: the packages, which the copy shares with the repository, and a copy of `dist/`. */
export function addBuild(folder: string): void {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // .gitignore ignores the folder, not a link.
  appendFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  // The folders of the copy are newer than the build.
  utimesSync(join(folder, 'dist/built'), new Date(), new Date());
}

/** The files that differ from the commit. */
export function changedFiles(folder: string): string {
  return git(folder, 'status', '--short');
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}
