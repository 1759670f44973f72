import { expect, it } from 'vitest';
import { createChannel } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

it('has the form of the protocol', () => {
  const channel = createChannel();
  channel.subscribe(new RecordingSink());
  expect(channel.summary()).toMatchObject({
    id: 'j',
    position: `${channel.epoch}-0`,
    state: 'waiting',
    subscribers: 1,
    messages: 0,
    started_at: null,
  });
  const { id: channelId, epoch } = channel;
  const message = { command: 'TASK', taskId: 'x', taskState: 'FAILED' };
  channel.apply({ channelId, epoch, seq: 1, time: 0, message });
  expect(channel.summary()).toEqual({
    id: 'j',
    position: `${epoch}-1`,
    state: 'running',
    attempt: 1,
    tasks: { completed: 0, failed: 1, skipped: 0 },
    messages: 1,
    partial: true,
    subscribers: 1,
    started_at: '1970-01-01T00:00:00.000Z',
    updated_at: '1970-01-01T00:00:00.000Z',
    finished_at: null,
  });
});
