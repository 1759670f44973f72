import { curveProblems } from './curve-files.js';
import type { Configuration } from './load.js';
import { ConfigError } from './problem.js';
import { relayProblems } from './relay-files.js';
import { tlsProblems } from './tls-identity.js';

/**
 * Checks the files that the configuration names and the monitor needs. Rejects with a ConfigError that lists all
 * problems.
 */
export async function checkFiles({ settings, file, warnings }: Configuration): Promise<void> {
  const origin = file ?? 'environment';
  const problems = [
    ...curveProblems(settings.zeromq.curve),
    ...(await tlsProblems(settings.tls)),
    ...relayProblems(settings.relay),
  ];
  if (problems.length > 0) throw new ConfigError(origin, problems, warnings);
}
