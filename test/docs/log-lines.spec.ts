import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks } from '../fixtures/markdown.js';
import { textsOf } from './source-texts.js';

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
