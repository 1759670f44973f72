import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The texts in the sources of a directory. An expression in a text matches anything. */
export function textsOf(directory: string): RegExp[] {
  const sources = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return sources
    .flatMap((name) => [...readFileSync(join(directory, name), 'utf8').matchAll(/'([^'\n]+)'|`([^`\n]+)`/g)])
    .map(([, plain, template]) => new RegExp(`^${pattern(plain ?? template!)}$`))
    .filter(({ source }) => !/^\^(\.\+|\W)*\$$/.test(source));
}

function pattern(text: string): string {
  return text
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.+');
}
