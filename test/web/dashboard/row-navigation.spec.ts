import { expect, test } from 'vitest';
import { moveActive } from '../../../web/dashboard/row-navigation.js';

const SIZE = { count: 100, page: 10 };

test.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 5, 6],
  ['ArrowDown', 99, 99],
  ['ArrowUp', -1, 0],
  ['ArrowUp', 0, 0],
  ['ArrowUp', 5, 4],
  ['PageDown', -1, 10],
  ['PageDown', 95, 99],
  ['PageUp', 5, 0],
  ['Home', 50, 0],
  ['End', -1, 99],
  ['Enter', 5, undefined],
  ['x', 5, undefined],
])('%s moves from row %d to row %d', (key, active, next) => {
  expect(moveActive(key, active, SIZE)).toBe(next);
});

test('an empty list has no active row', () => {
  expect(moveActive('ArrowDown', -1, { count: 0, page: 10 })).toBeUndefined();
});
