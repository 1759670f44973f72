import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { Coverage, REQUIRED } from './coverage.js';
import { createScenario, type Scenario } from './scenario.js';
import { shrink } from './shrink.js';
import { simulate, type Outcome } from './simulation.js';
import { describeStep } from './step.js';

/** From this number of seeds on, a run must have met everything. */
const SEEDS_FOR_COVERAGE = 1000;

/** Lines of the log of a failure that are printed. */
const LAST_LINES = 25;

/** The exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    seconds: { type: 'string' },
    /** Prints everything that happened. */
    lines: { type: 'boolean' },
    /** Does not look for the shortest history of a failure. */
    brief: { type: 'boolean' },
    /** Plays each seed once. By default each is played twice, and both runs must be equal. */
    once: { type: 'boolean' },
  },
});
Logger.overrideLogger(false);
process.exitCode = await run();

async function run(): Promise<number> {
  const first = values.seed === undefined ? randomInt(1, 1_000_000_000) : Number(values.seed);
  const seconds = Number(values.seconds ?? Number.POSITIVE_INFINITY);
  const seeds = Number(values.seeds ?? (values.seconds === undefined ? 1 : Number.POSITIVE_INFINITY));
  const coverage = new Coverage();
  const start = performance.now();
  let isInterrupted = false;
  const interrupt = (): void => void (isInterrupted = true);
  process.once('SIGINT', interrupt);
  if (!values.brief)
    print(`Simulates faults, from the seed ${first} on. Ctrl-C prints what was found so far.`);
  let seed = first;
  for (; seed < first + seeds && performance.now() - start < seconds * 1000 && !isInterrupted; seed++) {
    // Signals arrive between the turns.
    await eventLoopTurn();
    const scenario = createScenario(seed);
    const outcome = await play(scenario, coverage);
    if (values.lines) print(...outcome.lines);
    if (outcome.failure === undefined) continue;
    process.off('SIGINT', interrupt);
    await explain(scenario, outcome, seed - first + 1);
    return 1;
  }
  const count = seed - first;
  const elapsed = (performance.now() - start) / 1000;
  print(
    `${count} seeds (${first} to ${seed - 1}), each played ${values.once ? 'once' : 'twice'}, in ${elapsed.toFixed(0)} s: nothing was wrong`,
    `${REQUIRED.length - coverage.missing.length} of ${REQUIRED.length} required facts were met; the rarest ones: ${rarest(coverage)}`,
  );
  if (isInterrupted) return INTERRUPTED;
  if (coverage.missing.length === 0) return 0;
  print('Not met:', ...coverage.missing.map((fact) => `  ${fact}`));
  return count < SEEDS_FOR_COVERAGE ? 0 : 1;
}

function rarest({ counts }: Coverage): string {
  const texts = counts.slice(0, 3).map(([fact, times]) => `${fact} (${times} times)`);
  return texts.join(', ');
}

async function play(scenario: Scenario, coverage: Coverage): Promise<Outcome> {
  const one = await simulate(scenario, coverage);
  if (values.once) return one;
  const other = await simulate(scenario, coverage);
  const at = one.lines.findIndex((line, index) => line !== other.lines[index]);
  if (at < 0 && one.lines.length === other.lines.length) return one;
  const failure = `two runs differ: "${one.lines[at]}" and "${other.lines[at]}"`;
  return { failure: one.failure ?? failure, lines: one.lines };
}

async function explain(scenario: Scenario, { failure }: Outcome, count: number): Promise<void> {
  print(`Seed ${scenario.seed} fails, as number ${count}: ${failure}`);
  if (values.brief) return;
  const smallest = await shrink(scenario, async (smaller) => {
    const outcome = await simulate(smaller, new Coverage());
    return outcome.failure !== undefined;
  });
  const { failure: smallestFailure, lines } = await simulate(smallest, new Coverage());
  const { limits, retention, heartbeat, legacy, shutdown } = smallest.settings;
  print(
    '',
    `The shortest history, ${smallest.steps.length} of ${scenario.steps.length} steps:`,
    ...smallest.steps.map(describeStep),
    '',
    `It fails with: ${smallestFailure}`,
    `Settings: ${JSON.stringify({ limits, retention, heartbeat, legacy, shutdown })}`,
    '',
    'The end of the log:',
    ...lines.slice(-LAST_LINES),
    '',
    `Repeat: npm run simulate:faults -- --seed ${scenario.seed}`,
  );
}

function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
