/** The targets that need a daemon, in the order in which they run. */
export const DAEMON_TARGETS = [
  'zeromq',
  'zmtp',
  'http',
  'routes',
  'upgrades',
  'websocket',
  'publishing',
] as const;

const TARGETS = [...DAEMON_TARGETS, 'configuration', 'journal'] as const;

export type FuzzTargetName = (typeof TARGETS)[number];

/** What `npm run fuzz` was asked for. */
export interface FuzzOptions {
  readonly seed: number;
  /** Seconds for each target. */
  readonly secondsEach: number;
  /** Whether a target runs. */
  readonly includes: (target: FuzzTargetName) => boolean;
}

/** Reads the options that fuzz.mjs passes on. Throws an error for an unknown target. */
export function fuzzOptions(env: NodeJS.ProcessEnv): FuzzOptions {
  const asked = (env['FUZZ_TARGETS'] ?? '').split(',').filter((name) => name !== '');
  const unknown = asked.filter((name) => !(TARGETS as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(`--target: expected one of ${TARGETS.join(', ')}; got ${unknown.join(', ')}`);
  const chosen: readonly string[] = asked.length > 0 ? asked : TARGETS;
  return {
    seed: Number(env['FUZZ_SEED'] ?? 1),
    secondsEach: Number(env['FUZZ_SECONDS'] ?? 60) / chosen.length,
    includes: (target) => chosen.includes(target),
  };
}
