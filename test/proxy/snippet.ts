import { readFile } from 'node:fs/promises';

const DOCS = new URL('../../docs/proxies.md', import.meta.url);

/**
 * Takes a configuration out of docs/proxies.md, where `<!-- run: NAME -->` marks it, and puts other values into it.
 * Throws when one of the texts to replace is not in it.
 */
export async function snippet(name: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
  const markdown = await readFile(DOCS, 'utf8');
  const block = new RegExp(`<!-- run: ${name} -->\\n+\`\`\`\\w+\\n(.*?)\`\`\``, 's').exec(markdown)?.[1];
  if (block === undefined) throw new Error(`docs/proxies.md has no block marked "run: ${name}"`);
  return Object.entries(values).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`"${from}" is not in the block "${name}" of docs/proxies.md`);
    return text.replaceAll(from, to);
  }, block);
}
