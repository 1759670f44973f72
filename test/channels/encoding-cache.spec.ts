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

it('keeps encodings that fill limits.encoded_bytes exactly', () => {
  const channels = createChannelsService();
  sendTo(channels, 'a', 'STARTED');
  channels.subscribe('a', new RecordingSink()).close();
  const { encoded } = channels.size;
  (channels.limits as { encoded_bytes: number }).encoded_bytes = encoded;
  channels.applyLimits();
  expect(channels.size.encoded).toBe(encoded);
  (channels.limits as { encoded_bytes: number }).encoded_bytes = encoded - 1;
  channels.applyLimits();
  expect(channels.size.encoded).toBe(0);
});

it('makes an encoding again after its removal, for another 30 s', () => {
  const channels = createChannelsService();
  sendTo(channels, 'a', 'STARTED');
  for (let i = 0; i < 2; i++) {
    channels.subscribe('a', new RecordingSink()).close();
    expect(channels.size.encoded).toBeGreaterThan(0);
    vi.advanceTimersByTime(30_000);
    expect(channels.size.encoded).toBe(0);
  }
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
