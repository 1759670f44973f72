import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { columnsOf, fit, wrap } from '../../src/cli/columns.js';

describe('text in columns', () => {
  it('counts two columns for wide characters and emoji', () => {
    expect(columnsOf('abč')).toBe(3);
    expect(columnsOf('漢字')).toBe(4);
    expect(columnsOf('😀')).toBe(2);
    expect(columnsOf('a … b')).toBe(5);
  });

  it('leaves out the middle', () => {
    expect(fit('t01.4752367c-run.1', 11)).toBe('t01.4…run.1');
    expect(fit('short', 11)).toBe('short');
    expect(fit('漢字漢字漢字', 6)).toBe('漢…字');
  });

  it('breaks between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('a veryverylongword b', 8)).toEqual(['a', 'ver…word', 'b']);
  });

  it('never needs more columns than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        expect(columnsOf(fit(text, columns))).toBeLessThanOrEqual(columns);
        // One wide character may not fit at all.
        for (const line of wrap(text, columns + 1)) expect(columnsOf(line)).toBeLessThanOrEqual(columns + 1);
      }),
    );
  });
});
