import { median } from '../median.js';
import type { Outcome } from '../runner.js';
import type { Column, Goal, Medians, Values } from '../scenarios/scenario.js';
import type { Target } from '../targets/target.js';
import { machine, type Machine } from './machine.js';

export interface GoalResult {
  readonly goal: string;
  /** Missing when something to compare with was not measured. */
  readonly met?: boolean;
}

/** A row: one metric of a scenario, the medians of all runs. */
export interface Row {
  readonly scenario: string;
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly drawn: boolean;
  readonly medians: Medians;
  readonly goals: readonly GoalResult[];
}

/** All that the benchmark found, as it is written to the JSON file. */
export interface Report {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly targets: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly failures: readonly { scenario: string; target: string; what: string }[];
  /** The values of every run, more than the table shows. */
  readonly runs: Readonly<Record<string, Partial<Record<Column, readonly Values[]>>>>;
}

export function report(outcomes: readonly Outcome[], targets: readonly Target[], quick: boolean): Report {
  return {
    date: new Date().toISOString(),
    quick,
    machine: machine(),
    targets: Object.fromEntries(targets.map(({ name, missing, version }) => [name, missing ?? version])),
    rows: outcomes.flatMap((outcome) => rowsOf(outcome, quick)),
    failures: outcomes.flatMap(({ scenario, failures }) =>
      [...failures].map(([target, what]) => ({ scenario: scenario.name, target, what })),
    ),
    runs: Object.fromEntries(outcomes.map(({ scenario, runs }) => [scenario.name, Object.fromEntries(runs)])),
  };
}

function rowsOf({ scenario, runs }: Outcome, quick: boolean): Row[] {
  return scenario.metrics.map(({ key, title, unit, better, drawn = false, goals = [] }) => {
    const medians: Medians = {};
    for (const [column, values] of runs) {
      const measured = values.map((value) => value[key]).filter((value) => value !== undefined);
      if (measured.length > 0) medians[column] = median(measured);
    }
    // The goals are for the full sizes.
    const judged = goals.map((goal) => (quick ? { goal: goal.text } : judge(goal, medians)));
    return { scenario: scenario.name, key, title, unit, better, drawn, medians, goals: judged };
  });
}

function judge(goal: Goal, medians: Medians): GoalResult {
  const met = goal.met(medians);
  return { goal: goal.text, ...(met !== undefined && { met }) };
}
