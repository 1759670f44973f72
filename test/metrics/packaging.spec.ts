import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { dashboard, dashboardQueries } from './dashboard.js';
import { documentedMetrics } from './documented-metrics.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const { groups } = load(readFileSync('packaging/prometheus/alerts.yml', 'utf8')) as {
  groups: { rules: Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);
const alertTests = readFileSync('packaging/prometheus/alerts.test.yml', 'utf8');
const sections = readFileSync('docs/runbooks.md', 'utf8').matchAll(/^#+ (.*)$/gm);
const anchors = [...sections].map(([, heading]) => heading!.toLowerCase().replaceAll(' ', '-'));

describe.each(alerts)('the alert $alert', ({ alert, expr, labels, annotations }) => {
  it('says how severe it is, what is wrong, and where its runbook is', () => {
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(annotations.summary).toBeTruthy();
    expect(annotations.description).toBeTruthy();
    const [, anchor] = /^file:\/\/\/usr\/share\/doc\/recodex-monitor\/docs\/runbooks\.md#(.+)$/.exec(
      annotations.runbook_url!,
    )!;
    expect(anchor).toBe(alert.toLowerCase());
    expect(anchors).toContain(anchor);
  });

  it('uses documented metrics', () => {
    expect(undocumented(expr)).toEqual([]);
  });

  it('has a test for promtool', () => {
    expect(alertTests).toContain(`"${alert}"`);
  });
});

describe('the dashboard', () => {
  it('uses documented metrics', () => {
    expect(dashboardQueries.flatMap(undocumented)).toEqual([]);
  });

  it('needs no change: each query uses the data source that the reader selects', () => {
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource' }),
    );
    const sources = dashboard.panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource ? [datasource.uid] : []),
      ...targets.map((target) => target.datasource.uid),
    ]);
    expect(new Set(sources)).toEqual(new Set(['${datasource}']));
  });
});

/** Metrics in a query that docs/metrics.md does not have. */
function undocumented(query: string): string[] {
  const known = new Set(
    documentedMetrics().flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const used = query.match(/\b(recodex_monitor|process|nodejs)_\w+/g) ?? [];
  return used.filter((name) => !known.has(name));
}
