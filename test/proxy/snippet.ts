import { readFile } from 'node:fs/promises';

const DOCS = new URL('../../docs/proxies.md', import.meta.url);

/**
 * Reads the configuration that `<!-- run: NAME -->` marks in docs/proxies.md, and replaces values in it. Throws when the
 * configuration does not contain a value.
 */
export async function snippet(name: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
  const markdown = await readFile(DOCS, 'utf8');
  const block = new RegExp(`<!-- run: ${name} -->\\n+\`\`\`\\w+\\n(.*?)\`\`\``, 's').exec(markdown)?.[1];
  if (block === undefined) throw new Error(`docs/proxies.md has no block marked "run: ${name}"`);
  return replaceValues(block, values);
}

/** Replaces values of a configuration. Throws when the configuration does not contain a value. */
export function replaceValues(configuration: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`"${from}" is not in the configuration:\n${configuration}`);
    return text.replaceAll(from, to);
  }, configuration);
}
