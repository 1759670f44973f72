import { curveProblems } from './curve-files.js';
import type { Configuration } from './load.js';
import { ConfigError } from './problem.js';

/** Checks the files that the configuration names and the monitor needs. Throws a ConfigError that lists all problems. */
export function checkFiles({ settings, file, warnings }: Configuration): void {
  const origin = file ?? 'environment';
  const problems = curveProblems(settings.zeromq.curve, origin);
  if (problems.length > 0) throw new ConfigError(origin, problems, warnings);
}
