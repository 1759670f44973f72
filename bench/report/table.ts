import { ratio, shortNumber } from './number.js';
import type { BenchmarkReport, ReportRow } from './report.js';

const COLUMNS = ['ours', 'naive', 'nchan', 'bare'] as const;
const HEAD = ['scenario', 'unit', ...COLUMNS, 'ours / naive', 'ours / nchan', 'goal'];

/** The results as a Markdown table. Columns are aligned, so that a terminal shows them as well. */
export function table(report: BenchmarkReport): string {
  return aligned([HEAD, ...report.rows.map(cells)]);
}

/** Cells as a Markdown table. The first row is the head. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

function cells({ title, unit, medians, goals }: ReportRow): string[] {
  return [
    title,
    unit,
    ...COLUMNS.map((column) => (medians[column] === undefined ? '' : shortNumber(medians[column]))),
    ratio(medians.ours, medians.naive),
    ratio(medians.ours, medians.nchan),
    goals.map(({ goal, met }) => `${goal}${met === undefined ? '' : met ? ': met' : ': missed'}`).join('; '),
  ];
}
