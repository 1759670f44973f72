import { dump } from 'js-yaml';
import type { Address } from './address.js';
import { HIDDEN, isRecord, settingKeys, valueAt } from './keys.js';
import type { Settings } from './settings.js';

/** Formats the configuration as a YAML file. Loading the file gives the same settings, except for hidden secrets. */
export function printSettings(settings: Settings): string {
  return `---\n${dump(printableSettings(settings), { lineWidth: -1 })}`;
}

/** The configuration in the form of its file, without secrets. */
export function printableSettings(settings: Settings): Record<PropertyKey, unknown> {
  const root: Record<PropertyKey, unknown> = {};
  for (const key of settingKeys) put(root, key.path, printableValue(key, valueAt(settings, key.path)));
  return root;
}

/** The value of one key in the form of its file. Hides a secret, but shows that it is off. */
export function printableValue({ secret }: { readonly secret?: boolean }, value: unknown): unknown {
  if (secret && value !== null) return HIDDEN;
  return isAddress(value) ? [value.host, value.port] : value;
}

function put(root: Record<PropertyKey, unknown>, path: readonly string[], value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  if (rest.length === 0) {
    root[step] = value;
    return;
  }
  const inner = isRecord(root[step]) ? root[step] : {};
  root[step] = inner;
  put(inner, rest, value);
}

function isAddress(value: unknown): value is Address {
  return isRecord(value) && typeof value.host === 'string' && typeof value.port === 'number';
}
