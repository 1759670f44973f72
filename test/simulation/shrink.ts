import type { Scenario } from './scenario.js';

/** Runs at most this many scenarios. */
const BUDGET = 400;

/** The scenario with as few steps as possible that still fails. Drops many steps at first, then fewer. */
export async function shrink(
  scenario: Scenario,
  fails: (smaller: Scenario) => Promise<boolean>,
): Promise<Scenario> {
  let best = scenario;
  let runs = 0;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1;) {
    let dropped = false;
    for (let from = 0; from < best.steps.length && runs < BUDGET;) {
      const steps = best.steps.toSpliced(from, size);
      const smaller = { ...best, steps };
      runs++;
      if (await fails(smaller)) {
        best = smaller;
        dropped = true;
      } else from += size;
    }
    if (!dropped || runs >= BUDGET) {
      if (size === 1) return best;
      size = Math.floor(size / 2);
    }
  }
  return best;
}
