import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createChannelsService, sendTo } from '../fixtures/create-channels-service.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('removes encodings above limits.encoded_bytes, but no channel', () => {
  const channels = createChannelsService({ encoded_bytes: 1000 });
  for (const id of ['a', 'b', 'c']) sendTo(channels, id, 'x'.repeat(500));
  for (const id of ['a', 'b', 'c']) channels.subscribe(id, new RecordingSink()).close();
  expect(channels.size.encoded).toBeGreaterThan(500);
  expect(channels.size.encoded).toBeLessThanOrEqual(1000);
  expect(channels.size.channels).toBe(3);
});

it('removes an encoding 30 s after its last read', () => {
  const channels = createChannelsService();
  sendTo(channels, 'a', 'STARTED');
  channels.subscribe('a', new RecordingSink()).close();
  vi.advanceTimersByTime(29_999);
  expect(channels.size.encoded).toBeGreaterThan(0);
  vi.advanceTimersByTime(1);
  expect(channels.size.encoded).toBe(0);
});
