import dockerignore, { type Ignore } from '@balena/dockerignore';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
}
