import { readFileSync } from 'node:fs';

interface Panel {
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

export const dashboard = JSON.parse(readFileSync('packaging/grafana/dashboard.json', 'utf8')) as Dashboard;

/** The queries of all panels, with the variables of Grafana replaced. */
export const dashboardQueries: readonly string[] = dashboard.panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*')),
);
