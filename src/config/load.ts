import { readFileSync } from 'node:fs';
import { loadAll, YAML11_SCHEMA, YAMLException } from 'js-yaml';
import type { z } from 'zod';
import { errorText } from '../text/error-text.js';
import { adminWarnings } from './admin-protection.js';
import { type Override, readEnvironment } from './environment.js';
import { HIDDEN, isRecord, isSecret, settingGroups, settingKeys, valueAt } from './keys.js';
import { ConfigError, closestName, type Problem, formatValue, formatKey } from './problem.js';
import { LOG_FILE_OF_ORIGINAL } from './logger-settings.js';
import { defaultSettings, type Settings, settingsSchema } from './settings.js';
import type { Warning } from './warning.js';

type Mapping = Record<PropertyKey, unknown>;

const DEFAULT = 'the default';

/** The loaded configuration. */
export interface Configuration {
  settings: Settings;
  /** The YAML file, if any. */
  file: string | undefined;
  warnings: readonly Warning[];
}

/**
 * Loads the configuration from a YAML file, if any, and from the RECODEX_MONITOR_* variables, which override the file.
 * Throws a ConfigError that lists all problems of both.
 */
export function loadSettings(file: string | undefined, env: NodeJS.ProcessEnv): Configuration {
  const origin = file ?? 'environment';
  const problems: Problem[] = [];
  const root = file === undefined ? {} : withoutExtensions(readFile(file, problems));
  removeInvalidGroups(root, origin, problems);
  if (file !== undefined && isRecord(root.logger))
    root.logger = { file: LOG_FILE_OF_ORIGINAL, ...root.logger };
  const { overrides, warnings } = readEnvironment(env);
  for (const override of overrides) setAt(root, override);

  const result = settingsSchema.safeParse(root);
  if (!result.success) problems.push(...problemsOf(result.error.issues, { root, origin, overrides }));
  if (problems.length === 0 && result.success)
    return { settings: result.data, file, warnings: [...warnings, ...adminWarnings(result.data)] };
  throw new ConfigError(origin, problems, warnings);
}

function readFile(file: string, problems: Problem[]): Mapping {
  const addProblem = (key: string, expected: string, got: string): Mapping => {
    problems.push({ key, expected, got, source: file });
    return {};
  };
  let documents: unknown[];
  try {
    // YAML 1.1 as in PyYAML, which the original uses: `off` is false and 1_048_576 is a number.
    documents = loadAll(readFileSync(file, 'utf8'), { schema: YAML11_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) return addProblem('', 'a file that can be read', errorText(error));
    const { mark, reason } = error;
    const place = mark ? `line ${mark.line + 1}, column ${mark.column + 1}` : '';
    return addProblem(place, 'valid YAML', reason);
  }
  if (documents.length > 1) return addProblem('', 'one YAML document', `${documents.length}`);
  const root = documents[0] ?? {};
  return isRecord(root) ? root : addProblem('', 'a mapping of keys', formatValue(root));
}

// Removes `x-` keys, which hold anchors for other keys. Copies the groups: an anchor may put one mapping in two groups,
// but a variable must change only one of the groups.
function withoutExtensions(root: Mapping, name = ''): Mapping {
  const known = Object.entries(root).filter(([key]) => !key.startsWith('x-'));
  return Object.fromEntries(
    known.map(([key, value]) => {
      const inner = name ? `${name}.${key}` : key;
      const isGroup = isRecord(value) && settingGroups.some((group) => group.name === inner);
      return [key, isGroup ? withoutExtensions(value, inner) : value];
    }),
  );
}

// Reports a group that is not a mapping, and removes it, so that variables for its keys are still checked.
function removeInvalidGroups(root: Mapping, origin: string, problems: Problem[]): void {
  for (const { name, path } of settingGroups) {
    const parent = valueAt(root, path.slice(0, -1));
    const last = path.at(-1);
    if (!isRecord(parent) || last === undefined) continue;
    const group = valueAt(root, path) ?? {};
    if (!isRecord(group))
      problems.push({ key: name, expected: 'a mapping of keys', got: formatValue(group), source: origin });
    parent[last] = isRecord(group) ? group : {};
  }
}

function setAt(root: Mapping, { key, text }: Override): void {
  const parent = valueAt(root, key.path.slice(0, -1));
  const last = key.path.at(-1);
  if (isRecord(parent) && last !== undefined) parent[last] = text;
}

interface Input {
  root: Mapping;
  origin: string;
  overrides: readonly Override[];
}

function problemsOf(issues: readonly z.core.$ZodIssue[], input: Input): Problem[] {
  const problems = new Map<string, Problem>();
  for (const issue of issues) {
    const found =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey([...issue.path, key].join('.'), input.origin))
        : [invalidValue(issue, input)];
    // The first problem of a key is about its value. A failed check between keys would only repeat it.
    for (const problem of found) if (!problems.has(problem.key)) problems.set(problem.key, problem);
  }
  return [...problems.values()];
}

function unknownKey(name: string, source: string): Problem {
  const meant = closestName(
    name,
    [...settingGroups, ...settingKeys].map((known) => known.name),
  );
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return { key: formatKey(name), expected: `a known key${hint}`, source };
}

function invalidValue(issue: z.core.$ZodIssue, { root, origin, overrides }: Input): Problem {
  const name = issue.path.join('.');
  const key = settingKeys.find((known) => known.name === name);
  const given = valueAt(root, issue.path);
  const override = overrides.find((each) => each.key.name === name);
  const source = override?.key.variable ?? (given === undefined ? DEFAULT : origin);
  const value = given === undefined ? valueAt(defaultSettings(), issue.path) : given;
  const expected = issue.code === 'custom' ? issue.message : (key?.expected ?? issue.message);
  const hidden = isSecret(issue.path) || key?.sensitive === true;
  return { key: formatKey(name), expected, got: hidden ? HIDDEN : formatValue(value), source };
}
