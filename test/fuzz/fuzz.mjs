// Sends seeded inputs to the built daemon: node test/fuzz/fuzz.mjs [--seed N] [--seconds S] [--profile NAME]...
//   [--target NAME]...
// The targets share the time. Without --seed, a new seed is chosen.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runSuite } from '../fixtures/suite-program.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    profile: { type: 'string', multiple: true, default: [] },
    target: { type: 'string', multiple: true, default: [] },
  },
});
const seconds = numberFrom('--seconds', values.seconds);
const seed = values.seed === undefined ? randomInt(1, 1_000_000_000) : numberFrom('--seed', values.seed);
process.stdout.write(`Fuzz for ${seconds} s with the seed ${seed}. The same seed gives the same inputs.\n`);

await runSuite(['--config', 'vitest.fuzz.config.ts'], {
  FUZZ_SECONDS: String(seconds),
  FUZZ_SEED: String(seed),
  FUZZ_PROFILES: values.profile.join(','),
  FUZZ_TARGETS: values.target.join(','),
});

function numberFrom(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`error: ${option} expects a whole number above 0, got "${text}"\n`);
  process.exit(64);
}
