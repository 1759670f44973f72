import { describe, expect, it } from 'vitest';
import { escapeUnsafe, unicodeEscape } from '../../src/text/escape.js';

describe('escapeUnsafe', () => {
  it('escapes every character that could control a terminal or end a line', () => {
    expect(escapeUnsafe('\u001b[2Ja\r\n\u0007\u009b1m\u202eb\u2028\ud800')).toBe(
      String.raw`\u001b[2Ja\u000d\n\u0007\u009b1m\u202eb\u2028\ud800`,
    );
  });

  it('escapes a character outside the basic plane as two code units', () => {
    expect(escapeUnsafe('\u{e0001}')).toBe(String.raw`\udb40\udc01`);
  });

  it('keeps letters, punctuation and emoji', () => {
    expect(escapeUnsafe('Příklad <b> 😀')).toBe('Příklad <b> 😀');
  });
});

describe('unicodeEscape', () => {
  it.each([
    ['\u0000', String.raw`\u0000`],
    ['é', String.raw`\u00e9`],
    ['\uffff', String.raw`\uffff`],
  ])('escapes %j as %s', (codeUnit, escaped) => {
    expect(unicodeEscape(codeUnit)).toBe(escaped);
  });
});
