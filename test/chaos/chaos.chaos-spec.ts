import { expect, it } from 'vitest';
import { ChaosRun } from './chaos-run.js';

/** Milliseconds after the chaos in which all streams must end, and the daemon must stop. */
const SETTLE_MS = 90_000;

const seconds = Number(process.env['CHAOS_SECONDS'] ?? 60);
const actions = process.env['CHAOS_ACTIONS']?.split(',');
const hasJournal = process.env['CHAOS_JOURNAL'] !== 'off';
const seed = Number(process.env['CHAOS_SEED'] ?? 1);

it(
  `each watcher gets the published messages, or is told why not (seed ${seed}, ${seconds} s)`,
  async () => {
    const run = new ChaosRun({
      seed,
      seconds,
      actions,
      hasJournal,
      print: (line) => void process.stdout.write(`${line}\n`),
    });
    const violations = await run.run();
    expect(violations).toEqual([]);
    // A run in which nothing happens proves nothing.
    expect(run.oracle.figures.jobs).toBeGreaterThan(0);
    expect(run.oracle.figures.cuts).toBeGreaterThan(0);
  },
  seconds * 1000 + SETTLE_MS,
);
