import { expect, it } from 'vitest';
import { BurstDetector } from '../../src/channels/burst-detector.js';

it('detects a burst of more than 20 messages per millisecond over at least 5 ms', () => {
  const detector = new BurstDetector();
  detector.record(1, 1000);
  detector.record(150, 1004);
  expect(detector.inBurst).toBe(false);
  detector.record(1, 1005);
  expect(detector.inBurst).toBe(true);
  detector.record(50, 1010);
  expect(detector.inBurst).toBe(false);
});

it('detects no burst in messages that come at once after a lull', () => {
  const detector = new BurstDetector();
  detector.record(1, 1000);
  detector.record(300, 2000);
  expect(detector.inBurst).toBe(false);
});
