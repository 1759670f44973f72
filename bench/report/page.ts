import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../root.js';
import type { Machine } from './machine.js';
import { aligned } from './table.js';
import type { BenchmarkReport } from './report.js';

const PAGE = fileURLToPath(new URL('docs/performance.md', ROOT));

/** Replaces the text between `<!-- name -->` and `<!-- /name -->` on the page. */
export function updatePage(name: 'results' | 'growth' | 'relay', content: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [head, tail] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [page.indexOf(head), page.indexOf(tail)];
  if (start < 0 || end < start) throw new Error(`docs/performance.md has no ${head} ... ${tail}`);
  writeFileSync(PAGE, `${page.slice(0, start)}${head}\n\n${content}\n\n${page.slice(end)}`);
}

/** Machine, date and versions as Markdown. */
export function facts({ date, targets, machine }: BenchmarkReport): string {
  const rows = Object.entries(targets).map(([name, version]) => [name, version]);
  return `${place(date, machine)}\n\n${aligned([['column', 'what it is'], ...rows])}`;
}

/** The date and the machine of a measurement, as a sentence. */
export function place(date: string, { cpu, cores, memory_gib: gib, node }: Machine): string {
  return `Measured on ${date.slice(0, 10)}: ${cpu}, ${cores} cores, ${gib} GiB, Node ${node.slice(1)}.`;
}
