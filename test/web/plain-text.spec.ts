import { expect, test } from 'vitest';
import { plainText } from '../../web/plain-text.js';

test.each([
  ['plain <b> & “text”', 'plain <b> & “text”'],
  ['tab\tline\nnul\0', 'tab␉line␊nul␀'],
  ['\u007f\u0085', '␡[U+0085]'],
  ['a\u202eb\u2066c\u200bd\ufeff', 'a[U+202E]b[U+2066]c[U+200B]d[U+FEFF]'],
  ['👩‍👩‍👦 می‌خواهم', '👩‍👩‍👦 می‌خواهم'],
])('%j is shown as %j', (name, shown) => expect(plainText(name)).toBe(shown));

test('a long name is cut between two characters', () => {
  expect(plainText('ab😀cd', 3)).toBe('ab…');
  expect(plainText('ab😀cd', 4)).toBe('ab😀…');
  expect(plainText('x'.repeat(1 << 20))).toHaveLength(301);
});
