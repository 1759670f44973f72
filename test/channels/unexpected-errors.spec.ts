import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import { createChannelsService, sendTo } from '../fixtures/create-channels-service.js';
import { LINES, RecordingSink } from '../fixtures/recording-sink.js';

let channels: ChannelsService;
let healthy: RecordingSink;
const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});

beforeEach(() => {
  channels = createChannelsService();
  healthy = new RecordingSink();
});

afterEach(() => {
  channels.onApplicationShutdown();
  logged.mockClear();
});

describe('an unexpected error', () => {
  it('in a sink ends the subscription of this sink only', () => {
    const broken = new RecordingSink();
    broken.write = () => {
      throw new Error('broken sink');
    };
    channels.subscribe('j', broken);
    channels.subscribe('j', healthy);
    sendTo(channels, 'j', 'STARTED', 'FINISHED');
    expect(broken.events).toEqual(['close error']);
    expect(healthy.commands).toEqual(['STARTED', 'FINISHED']);
    expect(channels.counters.ends).toMatchObject({ error: 1, finished: 1 });
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({ reason: expect.stringContaining('broken sink') as string }),
    );
  });

  it('in an encoding ends the subscriptions with this encoding', () => {
    const encode = (): string => {
      throw new Error('broken encoding');
    };
    const broken = new RecordingSink({ ...LINES, encode });
    sendTo(channels, 'j', 'STARTED');
    channels.subscribe('j', broken);
    channels.subscribe('j', healthy);
    expect(broken.events).toEqual(['close error']);
    expect(healthy.commands).toEqual(['STARTED']);
  });

  it('at the end of a sink does not keep other sinks from their end', () => {
    const broken = new RecordingSink();
    broken.end = () => {
      throw new Error('broken end');
    };
    channels.subscribe('j', broken);
    channels.subscribe('j', healthy);
    sendTo(channels, 'j', 'FINISHED');
    expect(healthy.events).toEqual(['close finished']);
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({
        message: 'An unexpected error in a subscription: its client reconnects',
        reason: expect.stringContaining('broken end') as string,
      }),
    );
  });

  it('in one channel removes this channel only', () => {
    const other = new RecordingSink();
    channels.observe({
      changed(channel) {
        if (channel.id === 'broken') throw new Error('broken channel');
      },
      removed: () => {},
    });
    channels.subscribe('broken', other);
    channels.subscribe('j', healthy);
    channels.append({ channelId: 'broken', command: 'STARTED' });
    channels.append({ channelId: 'j', command: 'STARTED' });
    channels.flush();
    expect(other.events).toEqual(['close error']);
    expect(channels.summary('broken')).toBeUndefined();
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({
        message: expect.stringContaining('An unexpected error in a channel') as string,
        reason: expect.stringContaining('broken channel') as string,
      }),
    );
    expect(healthy.commands).toEqual(['STARTED']);
    expect(channels.summary('j')).toMatchObject({ messages: 1 });
  });
});
