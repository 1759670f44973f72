import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rowsOf, textWidth, toAscii, truncateMiddle, wrap } from '../../src/cli/columns.js';

describe('text in columns', () => {
  it('counts two columns for wide characters and emoji', () => {
    expect(textWidth('abč')).toBe(3);
    expect(textWidth('漢字')).toBe(4);
    expect(textWidth('😀')).toBe(2);
    expect(textWidth('a … b')).toBe(5);
  });

  it('leaves out the middle', () => {
    expect(truncateMiddle('t01.4752367c-run.1', 11)).toBe('t01.4…run.1');
    expect(truncateMiddle('short', 11)).toBe('short');
    expect(truncateMiddle('漢字漢字漢字', 6)).toBe('漢…字');
  });

  it('breaks between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('a veryverylongword b', 8)).toEqual(['a', 'ver…word', 'b']);
  });

  it('counts the rows of wrapped lines', () => {
    expect(rowsOf([], 10)).toBe(0);
    expect(rowsOf(['', '1234567890', '12345678901', '漢字漢字漢字'], 10)).toBe(6);
  });

  it('has one column for each character that is not ASCII', () => {
    expect(toAscii('t01…ž漢😀')).toBe('t01~???');
  });

  it('never needs more columns than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        expect(textWidth(truncateMiddle(text, columns))).toBeLessThanOrEqual(columns);
        // One wide character may not fit at all.
        for (const line of wrap(text, columns + 1)) expect(textWidth(line)).toBeLessThanOrEqual(columns + 1);
      }),
    );
  });
});
