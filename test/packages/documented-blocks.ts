import type { DocumentBlock } from '../docs/document-block.js';
import { shellBlocksWith } from '../docs/documented-commands.js';

/** The blocks of the documentation with commands of some programs. The tests take all of them. */
export class DocumentedBlocks {
  private readonly rest: Set<DocumentBlock>;

  /** @param isOfSuite whether a suite executes a block */
  constructor(programs: readonly string[], isOfSuite: (block: DocumentBlock) => boolean) {
    this.rest = new Set(shellBlocksWith(...programs).filter(isOfSuite));
  }

  /** The commands of the only block of a page that contains a text, without those of other programs. */
  take(page: string, text: string, ...others: readonly string[]): string {
    const found = [...this.rest].filter((block) => block.page === page && block.code.includes(text));
    if (found.length !== 1)
      throw new Error(`expected 1 block of ${page} with "${text}", got ${found.length}`);
    this.rest.delete(found[0]!);
    const isOther = (line: string): boolean => others.some((program) => line.startsWith(`${program} `));
    return found[0]!.code
      .split('\n')
      .filter((line) => !isOther(line))
      .join('\n');
  }

  /** The blocks of a page with the same code. */
  takeEqual(page: string, code: string): string[] {
    const found = [...this.rest].filter((block) => block.page === page && block.code === code);
    for (const block of found) this.rest.delete(block);
    return found.map((block) => block.code);
  }

  /** The places of the blocks that no test has taken. */
  get untaken(): string[] {
    return [...this.rest].map(({ page, line }) => `${page}:${line}`);
  }
}
