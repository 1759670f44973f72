import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceCheck } from '../../../src/cli/verify/sequence-check.js';

function check(numbers: readonly number[], first?: number): SequenceCheck {
  const sequence = new SequenceCheck(first);
  for (const number of numbers) sequence.add(number);
  return sequence;
}

describe('SequenceCheck', () => {
  it.each([
    ['in order', [1, 2, 3], { lost: 0, late: 0, repeated: 0 }],
    ['a gap', [1, 4], { lost: 2, late: 0, repeated: 0 }],
    ['a gap at the start', [3], { lost: 2, late: 0, repeated: 0 }],
    ['a swap', [1, 3, 2], { lost: 0, late: 1, repeated: 0 }],
    ['a repetition', [1, 2, 2, 1], { lost: 0, late: 0, repeated: 2 }],
    ['a late number that comes twice', [1, 5, 3, 3], { lost: 2, late: 1, repeated: 1 }],
  ])('counts %s', (_name, numbers, expected) => {
    expect(check(numbers)).toMatchObject(expected);
  });

  it('starts with any number', () => {
    expect(check([7, 8], 7).lost).toBe(0);
  });

  it('loses nothing and repeats nothing in any order of all numbers', () => {
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    const property = fc.property(fc.shuffledSubarray(all, { minLength: 30 }), (numbers) => {
      expect(check(numbers)).toMatchObject({ lost: 0, repeated: 0 });
    });
    fc.assert(property);
  });

  it('counts what is missing of any numbers', () => {
    const property = fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (numbers) => {
      const distinct = new Set(numbers);
      const { lost, repeated } = check(numbers);
      expect(lost).toBe(Math.max(0, ...numbers) - distinct.size);
      expect(repeated).toBe(numbers.length - distinct.size);
    });
    fc.assert(property);
  });
});
