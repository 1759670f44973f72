import { expect, it } from 'vitest';
import { Histogram } from '../../src/channels/histogram.js';

it('counts each value in the first bucket that holds it', () => {
  const histogram = new Histogram([1, 5]);
  for (const value of [0, 1, 1.5, 5, 6, 100]) histogram.observe(value);
  expect(histogram.counts).toEqual([2, 2, 2]);
  expect(histogram.sum).toBe(113.5);
});
