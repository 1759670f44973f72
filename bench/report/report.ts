import { median } from '../median.js';
import type { ScenarioResult } from '../runner.js';
import type { Column, Goal, Medians, Values } from '../scenarios/scenario.js';
import type { Target } from '../targets/target.js';
import { machine, type Machine } from './machine.js';

export interface GoalResult {
  readonly goal: string;
  /** Missing when a value of the comparison was not measured. */
  readonly met?: boolean;
}

/** One metric of a scenario with the medians of all runs. */
export interface ReportRow {
  readonly scenario: string;
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly drawn: boolean;
  readonly medians: Medians;
  readonly goals: readonly GoalResult[];
}

/** All results, as the JSON file contains them. */
export interface BenchmarkReport {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly targets: Readonly<Record<string, string>>;
  readonly rows: readonly ReportRow[];
  readonly failures: readonly { scenario: string; target: string; what: string }[];
  /** Values of every run. */
  readonly runs: Readonly<Record<string, Partial<Record<Column, readonly Values[]>>>>;
}

/** Creates the report from the results of all runs. */
export function createReport(
  results: readonly ScenarioResult[],
  targets: readonly Target[],
  quick: boolean,
): BenchmarkReport {
  return {
    date: new Date().toISOString(),
    quick,
    machine: machine(),
    targets: Object.fromEntries(targets.map(({ name, missing, version }) => [name, missing ?? version])),
    rows: results.flatMap((result) => rowsOf(result, quick)),
    failures: results.flatMap(({ scenario, failures }) =>
      [...failures].map(([target, what]) => ({ scenario: scenario.name, target, what })),
    ),
    runs: Object.fromEntries(results.map(({ scenario, runs }) => [scenario.name, Object.fromEntries(runs)])),
  };
}

function rowsOf({ scenario, runs }: ScenarioResult, quick: boolean): ReportRow[] {
  return scenario.metrics.map(({ key, title, unit, better, drawn = false, goals = [] }) => {
    const medians: Medians = {};
    for (const [column, values] of runs) {
      const measured = values.map((value) => value[key]).filter((value) => value !== undefined);
      if (measured.length > 0) medians[column] = median(measured);
    }
    // Goals apply to full sizes only.
    const judged = goals.map((goal) => (quick ? { goal: goal.text } : judge(goal, medians)));
    return { scenario: scenario.name, key, title, unit, better, drawn, medians, goals: judged };
  });
}

function judge(goal: Goal, medians: Medians): GoalResult {
  const met = goal.met(medians);
  return { goal: goal.text, ...(met !== undefined && { met }) };
}
