import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DamagedJournal } from '../fixtures/journal/damaged-journal.js';

const DAMAGES = 600;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it(`${DAMAGES} damaged journals give their good part, and nothing that was not written`, () => {
  const journal = DamagedJournal.record();
  expect(journal.segments.size).toBe(2);
  expect(Math.min(...[...journal.segments.values()].map(({ length }) => length))).toBeGreaterThan(1_000_000);
  const found = { good: 0, damaged: 0, torn: 0, foreign: 0 };
  let restored = 0;
  for (let seed = 0; seed < DAMAGES; seed++) {
    const { state, channels } = journal.restore(seed);
    found[state]++;
    restored += channels;
  }
  expect(found.damaged).toBeGreaterThan(DAMAGES / 2);
  expect(found.torn).toBeGreaterThan(20);
  expect(found.good).toBeLessThan(DAMAGES / 20);
  expect(restored).toBeGreaterThan(DAMAGES * 20);
}, 60_000);
