// Runs the chaos suite: node test/chaos/chaos.mjs [--seconds 60] [--seed N] [--actions NAME,...] [--no-journal].
// With --relay: ingests, edges and a Redis, which redis-server runs, with small limits after --tight. Without --seed, a new seed is chosen.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runSuite } from '../fixtures/suite-program.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    actions: { type: 'string' },
    journal: { type: 'boolean', default: true },
    relay: { type: 'boolean', default: false },
    logs: { type: 'string' },
    tight: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const seconds = numberFrom('--seconds', values.seconds);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : numberFrom('--seed', values.seed);
const journal = values.journal ? 'a journal' : 'no journal';
const relay = values.tight ? 'a relay and small limits' : 'a relay';
process.stdout.write(
  `Chaos for ${seconds} s with ${values.relay ? relay : journal} and the seed ${seed}. The same seed gives the same actions.\n`,
);

const actions = values.actions === undefined ? {} : { CHAOS_ACTIONS: values.actions };
const suite = values.relay ? 'test/chaos/relay/relay.chaos-spec.ts' : 'test/chaos/chaos.chaos-spec.ts';
if (values.logs !== undefined) mkdirSync(values.logs, { recursive: true });
const logs = values.logs === undefined ? {} : { CHAOS_LOGS: values.logs };
await runSuite(['--config', 'vitest.chaos.config.ts', suite], {
  CHAOS_SECONDS: String(seconds),
  CHAOS_SEED: String(seed),
  CHAOS_JOURNAL: values.journal ? 'on' : 'off',
  CHAOS_LIMITS: values.tight ? 'tight' : 'wide',
  ...actions,
  ...logs,
});

function numberFrom(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`error: ${option} expects a whole number above 0, got "${text}"\n`);
  process.exit(64);
}
