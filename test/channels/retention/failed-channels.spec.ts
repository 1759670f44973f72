import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelsService } from '../../../src/channels/channels.service.js';
import { createChannelsService, sendTo } from '../../fixtures/create-channels-service.js';
import { RecordingSink } from '../../fixtures/recording-sink.js';

const HOUR = 3_600_000;

let channels: ChannelsService;

beforeEach(() => {
  vi.useFakeTimers();
  channels = createChannelsService({}, { farewell: true, farewell_after: 60 });
});

afterEach(() => {
  channels.onApplicationShutdown();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('legacy.farewell', () => {
  it('ends subscriptions with endsAfterFailure, late ones too, when nothing follows FAILED', () => {
    const [legacy, late, stream] = [legacySink(), legacySink(), new RecordingSink()];
    for (const sink of [legacy, stream]) channels.subscribe('j', sink);
    sendTo(channels, 'j', 'FAILED');
    vi.advanceTimersByTime(59_999);
    expect(legacy.events).toEqual([]);
    vi.advanceTimersByTime(1);
    channels.subscribe('j', late);
    expect(legacy.events).toEqual(['close failed']);
    expect(late.events).toEqual(['close failed']);
    expect(late.commands).toEqual(['FAILED']);
    expect(stream.events).toEqual([]);
  });

  it.each(['DOWNLOADED', 'ABORTED'])('does not end a subscription when %s follows FAILED', (command) => {
    const sink = legacySink();
    channels.subscribe('j', sink);
    sendTo(channels, 'j', 'FAILED');
    vi.advanceTimersByTime(59_999);
    sendTo(channels, 'j', command);
    vi.advanceTimersByTime(59_999);
    expect(sink.events).toEqual([]);
  });

  it('is off by default', () => {
    channels.onApplicationShutdown();
    channels = createChannelsService();
    const sink = legacySink();
    channels.subscribe('j', sink);
    sendTo(channels, 'j', 'FAILED');
    vi.advanceTimersByTime(HOUR - 1);
    expect(sink.events).toEqual([]);
  });
});

function legacySink(): RecordingSink {
  const sink = new RecordingSink();
  sink.endsAfterFailure = true;
  return sink;
}
