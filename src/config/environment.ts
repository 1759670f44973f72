import { type SettingKey, settingKeys, VARIABLE_PREFIX } from './keys.js';
import { nearest, type Problem, shownKey } from './problem.js';

/** A key that a variable sets; the schema itself reads the text, as it does for texts from the file. */
export interface Override {
  key: SettingKey;
  text: string;
}

/**
 * Kubernetes and Docker links put these into every container beside a service named recodex-monitor
 * (RECODEX_MONITOR_SERVICE_HOST, RECODEX_MONITOR_PORT_4567_TCP_ADDR): they are nobody's slip.
 */
const SERVICE_LINK = /^(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

const byVariable = new Map(settingKeys.map((key) => [key.variable, key]));

/** What the RECODEX_MONITOR_* variables set, and a problem for each that names no key. An empty one counts as not set. */
export function readEnvironment(env: NodeJS.ProcessEnv): { overrides: Override[]; problems: Problem[] } {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const [name, text] of Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(VARIABLE_PREFIX) || SERVICE_LINK.test(name.slice(VARIABLE_PREFIX.length))) continue;
    const key = byVariable.get(name);
    if (!key) problems.push(unknownVariable(name));
    else if (text) overrides.push({ key, text });
  }
  return { overrides, problems };
}

function unknownVariable(name: string): Problem {
  const meant = nearest(
    name.slice(VARIABLE_PREFIX.length),
    settingKeys.map(({ variable }) => variable.slice(VARIABLE_PREFIX.length)),
  );
  const hint = meant === undefined ? '' : ` (did you mean ${VARIABLE_PREFIX}${meant}?)`;
  return { key: shownKey(name), expected: `the variable of a known key${hint}`, source: name };
}
