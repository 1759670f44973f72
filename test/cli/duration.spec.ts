import { expect, it } from 'vitest';
import { formatDuration } from '../../src/cli/duration.js';

it.each([
  [0, '0:00'],
  [7_999, '0:07'],
  [3_599_999, '59:59'],
  [3_723_000, '1:02:03'],
  [-1, '0:00'],
  [Number.NaN, '0:00'],
])('formats %d ms as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
