import { expect, it } from 'vitest';
import { RelayRun } from './relay-run.js';

/** Milliseconds in which the processes start, recover from the last fault, and all streams end. */
const SETTLE_MS = 180_000;

const seconds = Number(process.env['CHAOS_SECONDS'] ?? 60);
const faults = process.env['CHAOS_ACTIONS']?.split(',');
const isTight = process.env['CHAOS_LIMITS'] === 'tight';
const seed = Number(process.env['CHAOS_SEED'] ?? 1);

it(
  `each watcher of any edge gets the published messages, or is told why not (seed ${seed}, ${seconds} s)`,
  async () => {
    const run = new RelayRun({
      seed,
      seconds,
      faults,
      isTight,
      logs: process.env['CHAOS_LOGS'],
      print: (line) => void process.stdout.write(`${line}\n`),
    });
    const violations = await run.run();
    expect(violations).toEqual([]);
    expect(run.oracle.figures.jobs).toBeGreaterThan(0);
    expect(run.oracle.figures.cuts).toBeGreaterThan(0);
  },
  seconds * 1000 + SETTLE_MS,
);
