import { expect, it } from 'vitest';
import { BurstDetector } from '../../src/channels/burst-detector.js';

it('is busy from 20 messages a millisecond on, over at least 5 of them', () => {
  const pace = new BurstDetector();
  pace.note(1, 1000);
  pace.note(150, 1004);
  expect(pace.busy).toBe(false);
  pace.note(1, 1005);
  expect(pace.busy).toBe(true);
  pace.note(50, 1010);
  expect(pace.busy).toBe(false);
});

it('is not busy after a lull, however many come at once', () => {
  const pace = new BurstDetector();
  pace.note(1, 1000);
  pace.note(300, 2000);
  expect(pace.busy).toBe(false);
});
