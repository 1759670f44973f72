// Runs the chaos suite: node test/chaos/chaos.mjs [--seconds 60] [--seed N] [--actions NAME,...] [--no-journal].
// Without --seed, a new seed is chosen.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    actions: { type: 'string' },
    journal: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const seconds = numberFrom('--seconds', values.seconds);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : numberFrom('--seed', values.seed);
const journal = values.journal ? 'a journal' : 'no journal';
process.stdout.write(
  `Chaos for ${seconds} s with ${journal} and the seed ${seed}. The same seed gives the same actions.\n`,
);

const actions = values.actions === undefined ? {} : { CHAOS_ACTIONS: values.actions };
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.chaos.config.ts'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      CHAOS_SECONDS: String(seconds),
      CHAOS_SEED: String(seed),
      CHAOS_JOURNAL: values.journal ? 'on' : 'off',
      ...actions,
    },
  },
);
process.exitCode = status ?? 1;

function numberFrom(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`error: ${option} expects a whole number above 0, got "${text}"\n`);
  process.exit(64);
}
