import { describe, expect, it } from 'vitest';
import { compareEntryIds, isNextEntry, parseEntryId, START } from '../../src/relay/entry-id.js';

describe('the id of an entry', () => {
  it('consists of a token and a batch', () => {
    expect(parseEntryId('1795700000000-12')).toEqual({ token: 1_795_700_000_000, batch: 12 });
  });

  it.each([
    ['1-2', '1-2', 0],
    ['1-2', '1-10', -1],
    ['9-0', '10-0', -1],
    ['2-0', '1-99', 1],
    [START, '1-0', -1],
  ])('%s is compared with %s by its numbers', (a, b, sign) => {
    expect(Math.sign(compareEntryIds(a, b))).toBe(sign);
    expect(Math.sign(compareEntryIds(b, a))).toBe(sign === 0 ? 0 : -sign);
  });

  it.each([
    ['5-1', '5-2', true],
    ['5-1', '6-0', true],
    ['5-1', '5-3', false],
    ['5-1', '5-1', false],
    ['5-1', '5-0', false],
    ['5-1', '6-1', false],
    ['5-1', '4-0', false],
    ['5-1', '4-2', false],
  ])('after %s follows %s: %s', (before, id, isNext) => {
    expect(isNextEntry(before, id)).toBe(isNext);
  });
});
