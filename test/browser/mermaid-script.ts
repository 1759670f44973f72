import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The npm package that draws diagrams, under the MIT licence. It is no devDependency, because it has 100 dependencies. */
const PACKAGE = 'mermaid@12.3.0';
const SHA512 = '4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==';
/** The file of the package that contains everything. */
const SCRIPT = 'package/dist/mermaid.min.js';

/** The script that defines `mermaid` in a page. The first call gets it from the npm registry. */
export function mermaidScript(): string {
  const folder = fileURLToPath(new URL(`../../node_modules/.cache/${PACKAGE}`, import.meta.url));
  if (!existsSync(folder)) unpack(folder);
  return readFileSync(join(folder, SCRIPT), 'utf8');
}

function unpack(folder: string): void {
  const temporary = `${folder}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const output = execFileSync('npm', ['pack', '--silent', '--pack-destination', temporary, PACKAGE]);
  const archive = join(temporary, String(output).trim());
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (digest !== SHA512) throw new Error(`expected ${PACKAGE} with the SHA-512 ${SHA512}, got ${digest}`);
  execFileSync('tar', ['-xzf', archive, '-C', temporary, SCRIPT]);
  rmSync(archive);
  renameSync(temporary, folder);
}
