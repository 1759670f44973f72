import { readFileSync } from 'node:fs';

/** A row of a table in docs/metrics.md. */
export interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The metrics of docs/metrics.md. */
export function documentedMetrics(): DocumentedMetric[] {
  const rows = readFileSync('docs/metrics.md', 'utf8').matchAll(
    /^\| `(\w+)` *\| (\w+) *\|[^|]*\|([^|]*)\|/gm,
  );
  return [...rows].map(([, name, type, labels]) => ({
    name: name!,
    type: type!,
    labels: [...labels!.matchAll(/`(\w+)`/g)].map((match) => match[1]!),
  }));
}
