import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { escapeJson, unescapeJson } from '../../src/messages/ascii-json.js';

describe('escapeJson', () => {
  it.each([
    ['Příklad', 'P\\u0159\\u00edklad'],
    ['"\\', '\\"\\\\'],
    ['\n\r\t\f\b', '\\n\\r\\t\\f\\b'],
    ['\x00\x07\x1f\x7f\x80', '\\u0000\\u0007\\u001f\\u007f\\u0080'],
    ['😀', '\\ud83d\\ude00'],
    ['/<>&', '/<>&'],
    ['\u2028\uffff', '\\u2028\\uffff'],
  ])('escapes %j', (text, escaped) => {
    expect(escapeJson(text)).toBe(escaped);
  });

  it('escapes a long text like a short one', () => {
    const text = 'aé\x7f\u2028😀"\x01';
    const escaped = escapeJson(text);
    expect(escapeJson(text.repeat(1000))).toBe(escaped.repeat(1000));
  });

  it('writes ASCII that JSON.parse reads back, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const escaped = escapeJson(text);
        expect(escaped).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(`"${escaped}"`)).toBe(text);
        expect(unescapeJson(escaped)).toBe(text);
        expect(escapeJson(text)).toBe(escaped);
      }),
    );
  });
});
