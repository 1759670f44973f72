import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a Markdown page. */
export interface DocumentBlock {
  readonly page: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The name in the comment `<!-- run: NAME -->` above the block: a suite of its own runs the block. */
  readonly marker: string | undefined;
  readonly code: string;
}

/** The pages whose blocks are checked. */
export function documentPages(): string[] {
  return [
    'README.md',
    'CONTRIBUTING.md',
    'client/README.md',
    'packaging/helm/recodex-monitor/README.md',
    ...pagesOf('docs'),
    ...pagesOf('docs/adr'),
  ];
}

/** All fenced blocks of a page, also the indented ones of lists, without their indentation. */
export function documentBlocks(page: string, text = readFileSync(page, 'utf8')): DocumentBlock[] {
  const lines = text.split('\n');
  const blocks: DocumentBlock[] = [];
  for (let start = 0; start < lines.length; start++) {
    const [, indent, fence, language] = /^( *)(`{3,}|~{3,})(.*)$/.exec(lines[start]!) ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, index) => index > start && line.trim() === fence);
    if (end === -1) throw new Error(`${page}:${start + 1}: this block has no end`);
    const code = lines.slice(start + 1, end).map((line) => line.replace(indent!, ''));
    blocks.push({
      page,
      line: start + 1,
      language: language!.trim(),
      marker: markerAbove(lines, start),
      code: code.join('\n') + '\n',
    });
    start = end;
  }
  return blocks;
}

/** The page of a block, its language and its first line. */
export function nameOf({ page, language, code }: DocumentBlock): string {
  return `${page} ${language}: ${code.trim().split('\n', 1)[0]!}`;
}

function pagesOf(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name));
}

function markerAbove(lines: readonly string[], start: number): string | undefined {
  const above = lines.slice(0, start).findLast((line) => line.trim() !== '');
  return /^<!-- run: (.+) -->$/.exec(above?.trim() ?? '')?.[1];
}
