/** Each profile of a daemon with its targets, in their order. `plain` includes the targets without a daemon. */
const TARGETS = {
  plain: [
    'zeromq',
    'zmtp',
    'http',
    'routes',
    'upgrades',
    'websocket',
    'publishing',
    'configuration',
    'journal',
  ],
  proxied: ['zeromq', 'zmtp', 'http', 'routes', 'upgrades', 'websocket', 'proxy'],
  secured: [
    'zmtp',
    'curve',
    'tls',
    'http',
    'routes',
    'upgrades',
    'websocket',
    'publishing',
    'tokens',
    'reload',
  ],
} as const;

export type FuzzProfileName = keyof typeof TARGETS;

export type FuzzTargetName = (typeof TARGETS)[FuzzProfileName][number];

/** What `npm run fuzz` was asked for. */
export interface FuzzOptions {
  readonly seed: number;
  /** Seconds for each target in each profile. */
  readonly secondsEach: number;
  /** The targets of a profile that run. */
  readonly targetsOf: (profile: FuzzProfileName) => readonly FuzzTargetName[];
}

/** Reads the options that fuzz.mjs passes on. Throws an error for an unknown target or profile. */
export function fuzzOptions(env: NodeJS.ProcessEnv): FuzzOptions {
  const names = Object.keys(TARGETS) as FuzzProfileName[];
  const profiles = chosen('--profile', env['FUZZ_PROFILES'], names);
  const targets = chosen('--target', env['FUZZ_TARGETS'], [...new Set(Object.values(TARGETS).flat())]);
  const targetsOf = (profile: FuzzProfileName): FuzzTargetName[] =>
    profiles.includes(profile) ? TARGETS[profile].filter((target) => targets.includes(target)) : [];
  const runs = names.flatMap(targetsOf).length;
  if (runs === 0) throw new Error(`--target: expected a target of the profile ${profiles.join(', ')}`);
  return {
    seed: Number(env['FUZZ_SEED'] ?? 1),
    secondsEach: Number(env['FUZZ_SECONDS'] ?? 60) / runs,
    targetsOf,
  };
}

/** The names that were asked for, or all. */
function chosen(option: string, text = '', known: readonly string[]): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`${option}: expected one of ${known.join(', ')}; got ${unknown.join(', ')}`);
  return names.length > 0 ? names : known;
}
