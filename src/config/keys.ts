import { z } from 'zod';
import { type KeyDocs, keyDocs } from './kinds.js';
import { defaultSettings, settingsSchema } from './settings.js';

/** A key of the configuration, collected from the schema. */
export interface SettingKey extends KeyDocs {
  /** The path in the file, joined by dots: `logger.max-size`. */
  name: string;
  path: string[];
  /** The environment variable: `RECODEX_MONITOR_LOGGER_MAX_SIZE`. */
  variable: string;
  default: unknown;
}

/** A group of keys, such as `logger` or `limits`. The root is not a group. */
export interface SettingGroup {
  name: string;
  path: string[];
  about: string;
}

export const VARIABLE_PREFIX = 'RECODEX_MONITOR_';

/** The text that replaces a secret. */
export const HIDDEN = '(hidden)';

const keys: SettingKey[] = [];
const groups: SettingGroup[] = [];
collect(settingsSchema, []);

/** All keys, in the order of the schema. */
export const settingKeys: readonly SettingKey[] = keys;

/** All groups. An outer group comes before its inner groups. */
export const settingGroups: readonly SettingGroup[] = groups;

/** Whether a value at a path is a secret, or a part of one. @param keys all keys, except in tests */
export function isSecret(
  path: readonly PropertyKey[],
  keys: readonly Pick<SettingKey, 'path' | 'secret'>[] = settingKeys,
): boolean {
  return keys.some((key) => key.secret && key.path.every((step, index) => path[index] === step));
}

/** The value at a path. Undefined when a step is missing or is not a mapping. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined),
    root,
  );
}

/** Whether a value is a YAML mapping: not a list, a date or a scalar. */
export function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function collect(object: z.ZodObject, at: string[]): void {
  for (const [key, schema] of Object.entries(object.shape)) {
    const path = [...at, key];
    const name = path.join('.');
    const docs = schema instanceof z.ZodType ? keyDocs.get(schema) : undefined;
    const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
    if (docs) {
      const variable = VARIABLE_PREFIX + path.join('_').toUpperCase().replaceAll('-', '_');
      keys.push({ ...docs, name, path, variable, default: valueAt(defaultSettings(), path) });
    } else if (inner instanceof z.ZodObject) {
      groups.push({
        name,
        path,
        about: (schema instanceof z.ZodType ? schema.description : undefined) ?? '',
      });
      collect(inner, path);
    } else {
      throw new TypeError(`The key ${name} has neither documentation nor inner keys`);
    }
  }
}
