import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NpmArchive, unpackFile } from '../fixtures/npm-archive.js';

/** It draws diagrams, and has the MIT licence. It is no devDependency, because it has more than 100 dependencies. */
const ARCHIVE: NpmArchive = {
  name: 'mermaid@12.3.0',
  sha512: '4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==',
};
/** The file of the package that contains everything. */
const SCRIPT = 'package/dist/mermaid.min.js';

/** The script that defines `mermaid` in a page. The first call gets it from the npm registry. */
export function mermaidScript(): string {
  const folder = fileURLToPath(new URL(`../../node_modules/.cache/${ARCHIVE.name}`, import.meta.url));
  if (!existsSync(folder)) {
    unpackFile(ARCHIVE, SCRIPT, `${folder}.new`);
    renameSync(`${folder}.new`, folder);
  }
  return readFileSync(join(folder, SCRIPT), 'utf8');
}
