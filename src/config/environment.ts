import { type SettingKey, settingKeys, VARIABLE_PREFIX } from './keys.js';
import { closestName, formatKey } from './problem.js';
import type { Warning } from './warning.js';

/** A key that an environment variable sets. The schema parses the text, like a text in the file. */
export interface Override {
  key: SettingKey;
  text: string;
}

/** Not a key: the token with which `watch` and `verify` ask a monitor with access control. */
export const TOKEN_VARIABLE = 'RECODEX_MONITOR_TOKEN';

const byVariable = new Map(settingKeys.map((key) => [key.variable, key]));

/**
 * Reads the RECODEX_MONITOR_* variables. An empty variable counts as not set. An unknown variable gives a warning and
 * never stops the start, because other software may have set it.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): { overrides: Override[]; warnings: Warning[] } {
  const overrides: Override[] = [];
  const warnings: Warning[] = [];
  for (const [name, text] of Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!text || !name.toUpperCase().startsWith(VARIABLE_PREFIX) || isServiceLink(name, text)) continue;
    if (name === TOKEN_VARIABLE) continue;
    const key = byVariable.get(name);
    if (key) overrides.push({ key, text });
    else warnings.push(unknownVariable(name));
  }
  return { overrides, warnings };
}

/**
 * Variables that Kubernetes sets in all containers of a namespace for each service, and Docker for each link, such as
 * RECODEX_MONITOR_ZEROMQ_SERVICE_HOST for the service recodex-monitor-zeromq. Where the name could also be a mistyped
 * key, the value decides.
 */
const SERVICE_LINKS: readonly { name: RegExp; text: RegExp }[] = [
  { name: /_SERVICE_HOST$/, text: /^[\da-f.:]+$/i },
  { name: /_SERVICE_PORT(_\w+)?$/, text: /^\d+$/ },
  { name: /_PORT(_\d+_(TCP|UDP|SCTP))?$/, text: /^(tcp|udp|sctp):\/\// },
  { name: /_PORT_\d+_(TCP|UDP|SCTP)(_START|_END)?(_(PROTO|PORT|ADDR))?$/, text: /^/ },
  { name: /_NAME$/, text: /^\/.+\/./ },
  { name: /_ENV_./, text: /^/ },
];

function isServiceLink(name: string, text: string): boolean {
  return SERVICE_LINKS.some((link) => link.name.test(name) && link.text.test(text));
}

function unknownVariable(name: string): Warning {
  const meant = closestName(
    name.slice(VARIABLE_PREFIX.length),
    settingKeys.map(({ variable }) => variable.slice(VARIABLE_PREFIX.length)),
  );
  return {
    message: 'Ignored an environment variable that belongs to no key',
    variable: formatKey(name),
    ...(meant !== undefined && { nearest: VARIABLE_PREFIX + meant }),
  };
}
