import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../root.js';
import type { Machine } from './machine.js';
import { aligned } from './table.js';
import type { Report } from './report.js';

const PAGE = fileURLToPath(new URL('docs/performance.md', ROOT));

/** Puts `content` between the page's marks `<!-- name -->` and `<!-- /name -->`: its figures are never typed. */
export function updatePage(name: 'results' | 'growth', content: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [head, tail] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [page.indexOf(head), page.indexOf(tail)];
  if (start < 0 || end < start) throw new Error(`docs/performance.md has no ${head} ... ${tail}`);
  writeFileSync(PAGE, `${page.slice(0, start)}${head}\n\n${content}\n\n${page.slice(end)}`);
}

/** What was measured on what, as Markdown. */
export function facts({ date, targets, machine }: Report): string {
  const rows = Object.entries(targets).map(([name, version]) => [name, version]);
  return `${place(date, machine)}\n\n${aligned([['column', 'what it is'], ...rows])}`;
}

export function place(date: string, { cpu, cores, memory_gib: gib, node }: Machine): string {
  return `Measured on ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${gib} GiB, Node ${node.slice(1)}.`;
}
