import { expect, test } from 'vitest';
import { MonitorClock } from '../../web/monitor-clock.js';

test('messages that arrive during the replay do not change the clock', () => {
  const clock = new MonitorClock();
  clock.connectionOpened(100_000);
  clock.messageReceived(40_000, 100_001);
  expect(clock.monitorTime(101_000)).toBe(101_000);
});

test('a message after the replay corrects a local clock that is ahead', () => {
  const clock = new MonitorClock();
  clock.connectionOpened(100_000);
  clock.messageReceived(50_000, 110_000);
  expect(clock.monitorTime(111_000)).toBe(51_000);
});

test('a message from the future corrects a local clock that is behind', () => {
  const clock = new MonitorClock();
  clock.messageReceived(10_000, 4000);
  expect(clock.monitorTime(5000)).toBe(11_000);
});
