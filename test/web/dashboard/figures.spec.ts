import { expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCompact,
  formatRate,
  formatSeconds,
  formatUptime,
} from '../../../web/dashboard/figures.js';

test.each([
  [-5000, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_000, '59 min'],
  [3_600_000, '1 h'],
  [47.9 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 d'],
])('an age of %d ms is shown as %s', (ms, text) => expect(formatAge(ms)).toBe(text));

test.each([
  [5000, '5 s'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h 0 min'],
  [86_400_000 * 12 + 3_600_000 * 4, '12 d 4 h'],
])('an uptime of %d ms is shown as %s', (ms, text) => expect(formatUptime(ms)).toBe(text));

test.each([
  [0, '0 ms'],
  [0.000_42, '0.42 ms'],
  [0.0125, '13 ms'],
  [0.999, '999 ms'],
  [1.5, '1.5 s'],
])('%d seconds are shown as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

test.each([
  [0, '0', '0', '0 B'],
  [0.44, '0.44', '0.44', '0.44 B'],
  [999, '999', '999', '999 B'],
  [12_345, '12,345', '12.3k', '12.3 kB'],
  [268_435_456, '268,435,456', '268m', '268 MB'],
])('%d is shown as the rate %s, the count %s, the size %s', (value, rate, count, size) => {
  expect([formatRate(value), formatCompact(value), formatBytes(value)]).toEqual([rate, count, size]);
});
