import { writeFileSync } from 'node:fs';
import { loadSettings } from '../../../src/config/load.js';
import { ConfigError } from '../../../src/config/problem.js';
import { settingKeys } from '../../../src/config/keys.js';
import type { Random } from '../../simulation/random.js';
import { mutate, randomBytes } from '../byte-mutations.js';
import { describeBytes } from '../fuzz-target.js';
import { ODD_ADDRESSES, ODD_TEXTS } from '../odd-texts.js';

/** A file and the variables of the environment. */
export interface ConfigurationInput {
  readonly file: Buffer;
  readonly env: Readonly<Record<string, string>>;
}

const YAML_VALUES = [
  '[]',
  '{}',
  '~',
  'off',
  '0',
  '-1',
  '.inf',
  '.nan',
  '1_000',
  '0x7fffffff',
  '1:30',
  '2026-11-26',
  '!!binary aGVsbG8=',
  '!!set {a, b}',
  '!unknown x',
  '&a [*a]',
  '*missing',
  '|\n  text',
  '"\\ud800"',
  '{__proto__: {x: 1}}',
  '{<<: {a: 1}}',
  '["127.0.0.1", 4567]',
  '"127.0.0.1:0"',
  '[[[[[[[[]]]]]]]]',
];

/** Nested anchors: 10^9 nodes for a reader that copies them. */
const BOMB = [
  'x-0: &x0 [a, a, a, a, a, a, a, a, a, a]',
  ...Array.from({ length: 8 }, (_, i) => `x-${i + 1}: &x${i + 1} [${`*x${i}, `.repeat(10)}]`),
].join('\n');

/** Creates a configuration: a mutated valid file, or odd values for real keys. @param valid files to mutate */
export function createConfiguration(random: Random, valid: readonly string[]): ConfigurationInput {
  const kind = random.weighted({ mutated: 50, keys: 40, noise: 5, bomb: 1, deep: 4 });
  const file = (): Buffer => {
    if (kind === 'mutated') return mutate(Buffer.from(random.pick(valid)), random);
    if (kind === 'noise') return randomBytes(random, 0, 300);
    if (kind === 'bomb') return Buffer.from(`${BOMB}\nlimits: *x${random.int(0, 8)}\n`);
    if (kind === 'deep')
      return Buffer.from(random.pick(['[', '{a: ', '- ', '? ']).repeat(random.int(1, 5000)));
    return Buffer.from(Array.from({ length: random.int(1, 5) }, () => line(random)).join(''));
  };
  return { file: file(), env: random.chance(0.3) ? variables(random) : {} };
}

/** Loads a configuration. Returns what is wrong with the answer, which is settings or a list of problems. */
export function loadConfiguration({ file, env }: ConfigurationInput, path: string): string | undefined {
  writeFileSync(path, file);
  try {
    loadSettings(path, env);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) return `Expected a ConfigError, got ${String(error)}`;
    return error.problems.length > 0 ? undefined : 'A ConfigError without a problem';
  }
}

export function describeConfiguration({ file, env }: ConfigurationInput): string {
  return `file ${describeBytes(file)}, variables ${JSON.stringify(env)}`;
}

function line(random: Random): string {
  const [first, ...others] = random.chance(0.9) ? random.pick(settingKeys).path : [random.pick(ODD_TEXTS)];
  const value = random.chance(0.7) ? random.pick(YAML_VALUES) : JSON.stringify(random.pick(ODD_TEXTS));
  const nested = others.reduceRight((inner, name) => `{${name}: ${inner}}`, value);
  return `${first}: ${nested}\n`;
}

function variables(random: Random): Record<string, string> {
  const pairs = Array.from({ length: random.int(1, 4) }, () => {
    const name = random.chance(0.9) ? random.pick(settingKeys).variable : 'RECODEX_MONITOR_';
    return [name, random.pick([...YAML_VALUES, ...ODD_TEXTS, ...ODD_ADDRESSES])];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}
