import dockerignore, { type Ignore } from '@balena/dockerignore';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The package is CommonJS. Its types describe an ES module. */
const createRules = dockerignore as unknown as () => Ignore;

/** The files of the repository that .dockerignore lets into a build. */
export class BuildContext {
  private readonly rules = createRules().add(readFileSync(join(ROOT, '.dockerignore'), 'utf8'));

  /** Whether the build sees a file or a folder that exists. */
  has(path: string): boolean {
    return existsSync(join(ROOT, path)) && !this.rules.ignores(path);
  }

  /** Copies what a COPY step copies: each file into a folder, or everything (`.`). */
  copy(sources: readonly string[], folder: string): void {
    for (const source of sources)
      for (const path of this.filesOf(source)) {
        const to = join(folder, source === '.' ? path : basename(path));
        mkdirSync(dirname(to), { recursive: true });
        cpSync(join(ROOT, path), to);
      }
  }

  private filesOf(source: string): string[] {
    if (source !== '.') return [source];
    const top = readdirSync(ROOT).filter((name) => this.has(name));
    return top.flatMap((name) => filesBelow(name)).filter((path) => !this.rules.ignores(path));
  }
}

function filesBelow(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path)).flatMap((name) => filesBelow(join(path, name)));
}
