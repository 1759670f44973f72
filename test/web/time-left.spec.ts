import { beforeAll, describe, expect, test } from 'vitest';
import { setLaterTexts } from '../../web/later-texts.js';
import { roughly, timeLeft } from '../../web/time-left.js';
import { LATER_ENGLISH } from '../fixtures/web/languages.js';

beforeAll(() => setLaterTexts(LATER_ENGLISH));

const FACTS = { done: 10, total: 30, startedAt: 0, lastAt: 20_000, now: 20_000 };

describe('the time that is left', () => {
  test('is the average time of a task times the tasks that are left', () => {
    expect(timeLeft(FACTS)).toEqual({ ms: 40_000, pace: 2000, tasks: 20 });
  });

  test('runs down while the next task runs, but not below zero', () => {
    expect(timeLeft({ ...FACTS, now: 25_000 })?.ms).toBe(35_000);
    expect(timeLeft({ ...FACTS, total: 11, now: 30_000 })?.ms).toBe(0);
  });

  test('does not grow if the clocks differ', () => {
    expect(timeLeft({ ...FACTS, now: 10_000 })?.ms).toBe(40_000);
  });

  test.each([
    ['the total is unknown', { total: undefined }],
    ['the beginning is missing', { startedAt: undefined }],
    ['no task is done', { done: 0, lastAt: undefined }],
    ['two tasks are done', { done: 2 }],
    ['all tasks came at once', { lastAt: 100, now: 100 }],
    ['nothing is left', { total: 10 }],
    ['there are more tasks than announced', { total: 9 }],
    ['no task has ended for long', { now: 51_000 }],
    ['a time is invalid', { lastAt: Number.NaN }],
  ])('is unknown if %s', (_reason, facts) => expect(timeLeft({ ...FACTS, ...facts })).toBeUndefined());
});

test.each([
  [0, 'a few seconds'],
  [9999, 'a few seconds'],
  [10_000, 'less than a minute'],
  [50_000, 'about 1 minute'],
  [100_000, 'about 2 minutes'],
  [9 * 60_000, 'about 9 minutes'],
  [12 * 60_000, 'about 10 minutes'],
  [54 * 60_000, 'about 55 minutes'],
  [56 * 60_000, 'about 1 hour'],
  [150 * 60_000, 'about 3 hours'],
])('%i ms are %s', (ms, text) => expect(roughly(ms)).toBe(text));
