import { expect, test } from 'vitest';
import { formatDuration } from '../../client/duration.js';

test.each([
  [-1, '0:00'],
  [Number.NaN, '0:00'],
  [Number.POSITIVE_INFINITY, '0:00'],
  [7999, '0:07'],
  [754_000, '12:34'],
  [3_599_999, '59:59'],
  [3_723_000, '1:02:03'],
  [360_000_000, '100:00:00'],
])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
