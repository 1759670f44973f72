import { LoadProcess } from './load-process.js';
import type { Column, Scenario, Values } from './scenarios/scenario.js';
import type { Target } from './targets/target.js';

/** Seconds: a run that took longer is its own average, and is not repeated. */
const LONG_RUN = 7;

/** All that one scenario gave: the values of each run, and what went wrong. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly runs: Map<Column, Values[]>;
  readonly failures: Map<Column, string>;
}

export interface Passes {
  /** How often each scenario is run on each target, at most. */
  readonly runs: number;
  /** Seconds after which nothing is repeated any more; the first run of everything always happens. */
  readonly patience: number;
}

interface Contest {
  readonly outcome: Outcome;
  readonly contestants: Map<Column, () => Promise<Values>>;
}

/**
 * Runs every scenario on all targets in turn, then all of it again: what else the machine does meets all targets
 * alike, and no scenario has all of its runs in the same bad minute.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  targets: readonly Target[],
  { runs, patience }: Passes,
  say: (line: string) => void,
): Promise<Outcome[]> {
  const contests = scenarios.map((scenario) => contest(scenario, targets));
  const deadline = performance.now() + patience * 1000;
  for (let run = 1; run <= runs; run++) {
    for (const { outcome, contestants } of contests) {
      if (run > 1 && performance.now() > deadline) return contests.map((done) => done.outcome);
      for (const [column, measure] of contestants) {
        const started = performance.now();
        const line = await attempt(outcome, column, measure);
        say(`${run}/${runs} ${outcome.scenario.name} ${column}: ${line}`);
        const long = performance.now() - started > LONG_RUN * 1000;
        if (long || outcome.failures.has(column)) contestants.delete(column);
      }
    }
  }
  return contests.map(({ outcome }) => outcome);
}

function contest(scenario: Scenario, targets: readonly Target[]): Contest {
  const contestants = new Map<Column, () => Promise<Values>>();
  for (const target of targets) contestants.set(target.name, () => runOnce(scenario, target));
  if (scenario.bare) contestants.set('bare', scenario.bare);
  return { outcome: { scenario, runs: new Map(), failures: new Map() }, contestants };
}

/** Returns a line on how it went. */
async function attempt(outcome: Outcome, column: Column, measure: () => Promise<Values>): Promise<string> {
  try {
    const values = await measure();
    outcome.runs.set(column, [...(outcome.runs.get(column) ?? []), values]);
    return shown(outcome.scenario, values);
  } catch (error) {
    outcome.failures.set(column, (error as Error).message);
    return `FAILED, ${(error as Error).message}`;
  }
}

async function runOnce(scenario: Scenario, target: Target): Promise<Values> {
  const server = await target.start(scenario.needs ?? {});
  const load = new LoadProcess(server.wire);
  try {
    return await scenario.run(server, load);
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

function shown({ metrics }: Scenario, values: Values): string {
  return metrics
    .filter(({ key }) => values[key] !== undefined)
    .map(({ key, unit }) => `${key} ${Number(values[key]!.toPrecision(4)).toLocaleString('en')} ${unit}`)
    .join(', ');
}
