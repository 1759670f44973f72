import { median } from './median.js';
import { edgesCase } from './relay/edges-case.js';
import { latencyCase } from './relay/latency-case.js';
import { pacedCase } from './relay/paced-case.js';
import type { RelayCase, RelayMetric } from './relay/relay-case.js';
import { streamCase } from './relay/stream-case.js';
import { takeoverCase } from './relay/takeover-case.js';
import type { Values } from './scenarios/scenario.js';

/** Names of the cases, in the order of the table. */
export const RELAY_CASES = ['stream', 'paced', 'edges', 'latency', 'takeover'] as const;

export type RelayCaseName = (typeof RELAY_CASES)[number];

/** One metric of the relay with the median of all runs. */
export interface RelayRow extends RelayMetric {
  readonly name: RelayCaseName;
  readonly value: number;
  readonly runs: readonly number[];
}

/** Measures an ingest, Redis and up to three edges. The cases are repeated in turn, `runs` times. */
export async function measureRelay(
  names: readonly RelayCaseName[],
  quick: boolean,
  runs: number,
  log: (line: string) => void,
): Promise<RelayRow[]> {
  const cases = relayCases(quick).filter(([name]) => names.includes(name));
  const measured = cases.map((): Values[] => []);
  for (let run = 1; run <= runs; run++) {
    for (const [i, [name, relayCase]] of cases.entries()) {
      log(`${run}/${runs} ${name} ...`);
      const values = await relayCase.measure();
      measured[i]!.push(values);
      log(`${run}/${runs} ${name}: ${line(values)}`);
    }
  }
  return cases.flatMap(([name, { metrics }], i) =>
    metrics.map((metric) => {
      const values = measured[i]!.map((run) => run[metric.key]!);
      return { ...metric, name, value: median(values), runs: values };
    }),
  );
}

function relayCases(quick: boolean): [RelayCaseName, RelayCase][] {
  const shape = { channels: 10, clients: 12, messages: quick ? 2000 : 20_000 };
  const steady = { channels: 100, clients: 10, rate: 1000, seconds: quick ? 1 : 3 };
  return [
    ['stream', streamCase(quick ? 50_000 : 500_000)],
    ...[1000, 5000, 50_000].map((rate): [RelayCaseName, RelayCase] => [
      'paced',
      pacedCase(rate, steady.seconds),
    ]),
    ...[0, 1, 2, 3].map((edges): [RelayCaseName, RelayCase] => ['edges', edgesCase(edges, shape)]),
    ['latency', latencyCase(steady)],
    ['takeover', takeoverCase()],
  ];
}

function line(values: Values): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${Number(value.toPrecision(4)).toLocaleString('en')}`)
    .join(', ');
}
