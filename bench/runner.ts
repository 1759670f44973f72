import { LoadProcess } from './load-process.js';
import type { Column, Scenario, Values } from './scenarios/scenario.js';
import type { Target } from './targets/target.js';

/** Seconds. A longer run is not repeated, because its values are averages over a long time. */
const LONG_RUN = 7;

/** The values of all runs of a scenario, and its failures. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly runs: Map<Column, Values[]>;
  readonly failures: Map<Column, string>;
}

/** Bounds the repetition of scenarios. */
export interface RunLimits {
  /** Largest number of runs of each scenario on each target. */
  readonly runs: number;
  /** Seconds after which no run is repeated. Each scenario runs at least once. */
  readonly repeatSeconds: number;
}

interface Comparison {
  readonly result: ScenarioResult;
  readonly measurements: Map<Column, () => Promise<Values>>;
}

/**
 * Runs every scenario on all targets in turn, then repeats all scenarios. So other load on the machine affects all
 * targets alike, and the runs of a scenario are spread over time.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  targets: readonly Target[],
  { runs, repeatSeconds }: RunLimits,
  log: (line: string) => void,
): Promise<ScenarioResult[]> {
  const comparisons = scenarios.map((scenario) => compare(scenario, targets));
  const deadline = performance.now() + repeatSeconds * 1000;
  for (let run = 1; run <= runs; run++) {
    for (const { result, measurements } of comparisons) {
      if (run > 1 && performance.now() > deadline) return comparisons.map(({ result: partial }) => partial);
      for (const [column, measure] of measurements) {
        const started = performance.now();
        const line = await attempt(result, column, measure);
        log(`${run}/${runs} ${result.scenario.name} ${column}: ${line}`);
        const long = performance.now() - started > LONG_RUN * 1000;
        if (long || result.failures.has(column)) measurements.delete(column);
      }
    }
  }
  return comparisons.map(({ result }) => result);
}

function compare(scenario: Scenario, targets: readonly Target[]): Comparison {
  const measurements = new Map<Column, () => Promise<Values>>();
  for (const target of targets) measurements.set(target.name, () => runOnce(scenario, target));
  if (scenario.bare) measurements.set('bare', scenario.bare);
  return { result: { scenario, runs: new Map(), failures: new Map() }, measurements };
}

/** Runs a measurement and returns a line for the log. */
async function attempt(
  result: ScenarioResult,
  column: Column,
  measure: () => Promise<Values>,
): Promise<string> {
  try {
    const values = await measure();
    result.runs.set(column, [...(result.runs.get(column) ?? []), values]);
    return valuesLine(result.scenario, values);
  } catch (error) {
    result.failures.set(column, (error as Error).message);
    return `FAILED, ${(error as Error).message}`;
  }
}

async function runOnce(scenario: Scenario, target: Target): Promise<Values> {
  const server = await target.start(scenario.targetOptions ?? {});
  const load = new LoadProcess(server.address);
  try {
    return await scenario.run(server, load);
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

function valuesLine({ metrics }: Scenario, values: Values): string {
  return metrics
    .filter(({ key }) => values[key] !== undefined)
    .map(({ key, unit }) => `${key} ${Number(values[key]!.toPrecision(4)).toLocaleString('en')} ${unit}`)
    .join(', ');
}
