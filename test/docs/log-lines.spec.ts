import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks } from '../fixtures/markdown.js';

/** The fields of a log line after its message: `key=value` or `key="value with spaces"`. */
const FIELDS = /( [\w.]+=("(\\.|[^"\\])*"|\S+))+$/;

// A log line of the documentation that the monitor no longer writes helps nobody.
describe('the log lines of the documentation', () => {
  const written = textsOf('src');

  it.each(quotedLines())('%s: %s', (_page, line) => {
    const message = line.replace(/^\[\w+\] /, '').replace(FIELDS, '');
    expect(message).not.toBe('');
    expect(written.some((text) => text.test(message))).toBe(true);
  });

  it('are found, with their fields', () => {
    expect(quotedLines().length).toBeGreaterThan(15);
    expect('Listening key=a address=b url="c d"'.replace(FIELDS, '')).toBe('Listening');
    expect(written.some((text) => text.test('The moon is full'))).toBe(false);
  });
});

function quotedLines(): [page: string, line: string][] {
  return readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .flatMap((page) =>
      codeBlocks(readFileSync(join('docs', page), 'utf8'), 'log').flatMap((block) =>
        block
          .trim()
          .split('\n')
          .map((line): [string, string] => [page, line]),
      ),
    );
}

/** The texts in the sources of a directory. An expression in a text matches anything. */
function textsOf(directory: string): RegExp[] {
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
