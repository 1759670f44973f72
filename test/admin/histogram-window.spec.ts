import { expect, it } from 'vitest';
import { HistogramWindow } from '../../src/admin/histogram-window.js';
import { Histogram } from '../../src/channels/histogram.js';

it('covers the values since the previous reading', () => {
  const histogram = new Histogram([1, 2, 4]);
  histogram.observe(3);
  const window = new HistogramWindow(histogram);
  expect(window.take(0.5, 0.99)).toEqual([null, null]);
  for (let times = 0; times < 10; times++) histogram.observe(1.5);
  expect(window.take(0.5, 1)).toEqual([1.5, 2]);
  expect(window.take(0.5)).toEqual([null]);
});

it('interpolates within a bucket', () => {
  const histogram = new Histogram([1, 2, 4]);
  const window = new HistogramWindow(histogram);
  for (const value of [0.5, 0.5, 3, 3]) histogram.observe(value);
  expect(window.take(0.25, 0.5, 0.75, 1)).toEqual([0.5, 1, 3, 4]);
});

it('gives the largest bound for values above all bounds', () => {
  const histogram = new Histogram([1, 2, 4]);
  const window = new HistogramWindow(histogram);
  histogram.observe(100);
  expect(window.take(0.5)).toEqual([4]);
});
