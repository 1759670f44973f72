import { ratio, shortNumber } from './number.js';
import type { Report, Row } from './report.js';

const COLUMNS = ['ours', 'naive', 'nchan', 'bare'] as const;
const HEAD = ['scenario', 'unit', ...COLUMNS, 'ours / naive', 'ours / nchan', 'goal'];

/** The results as Markdown, aligned so that a terminal shows them as well. */
export function table(report: Report): string {
  return aligned([HEAD, ...report.rows.map(cells)]);
}

/** Rows of cells as a Markdown table; the first row is its head. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

function cells({ title, unit, medians, goals }: Row): string[] {
  return [
    title,
    unit,
    ...COLUMNS.map((column) => (medians[column] === undefined ? '' : shortNumber(medians[column]))),
    ratio(medians.ours, medians.naive),
    ratio(medians.ours, medians.nchan),
    goals.map(({ goal, met }) => `${goal}${met === undefined ? '' : met ? ': met' : ': missed'}`).join('; '),
  ];
}
