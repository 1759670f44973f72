import { beforeEach, expect, it } from 'vitest';
import type { Channel, ChannelContext } from '../../src/channels/channel.js';
import { legacyFrames } from '../../src/messages/legacy-frames.js';
import { createChannel } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

const COMMANDS = ['STARTED', 'TASK', 'x'.repeat(300), 'TASK', 'ENDED'];

let sink: RecordingSink;

beforeEach(() => void (sink = new RecordingSink()));

it('has all messages, with their times', () => {
  const channel = restored();
  channel.subscribe(sink);
  expect(sink.commands).toEqual(COMMANDS);
  expect(COMMANDS.map((_, i) => channel.timeOf(i + 1))).toEqual([100, 101, 102, 103, 104]);
  expect(channel.finished).toBe(false);
});

it.each([
  [{ channel_messages: 2 }, 2],
  [{ channel_messages: 5 }, 5],
  [{ channel_bytes: 100 }, 2],
  [{ channel_bytes: 1 }, 1],
])('keeps the newest messages within %o', (limits, retained) => {
  const channel = restored(limits);
  channel.subscribe(sink);
  expect(sink.commands).toEqual(COMMANDS.slice(-retained));
  expect(channel.timeOf(5)).toBe(104);
});

it('takes messages beside those that it has, as far as there is room', () => {
  const channel = restored({ channel_messages: 7 });
  restore(channel, 0);
  channel.subscribe(sink);
  expect(sink.commands).toEqual([...COMMANDS, ...COMMANDS].slice(-7));
});

it('takes messages of more than a segment', () => {
  const channel = createChannel();
  const large = Array.from({ length: 3 }, (_, i) => `${i}`.repeat(40_000));
  restore(channel, 0, large);
  channel.subscribe(sink);
  expect(sink.commands).toEqual(large);
});

it.each([
  [0, 5],
  [1, 5],
  [3, 3],
  [6, 0],
])('counts the messages from %i on, because the summary has the others', (summarizedTo, messages) => {
  expect(restored({}, summarizedTo).summary().messages).toBe(messages);
});

it('makes its summary again from what is there', () => {
  const channel = restored({}, 6);
  channel.summarizeAgain();
  expect(channel.summary()).toMatchObject({ messages: 5, state: 'running' });
});

it('is finished when its last message is FINISHED', () => {
  const channel = createChannel();
  restore(channel, 0, ['FINISHED']);
  expect(channel.finished).toBe(true);
});

function restored(limits: Partial<ChannelContext['limits']> = {}, summarizedTo = 0): Channel {
  const channel = createChannel(limits);
  restore(channel, summarizedTo);
  return channel;
}

function restore(channel: Channel, summarizedTo: number, commands: readonly string[] = COMMANDS): void {
  const { id: channelId, epoch, endSeq } = channel;
  const encoded = commands.map((command, i) =>
    legacyFrames.encode({ channelId, epoch, seq: endSeq + i, time: 0, message: { command } }),
  );
  channel.restore(
    Buffer.from(encoded.join(''), 'latin1'),
    commands.map((_, i) => 100 + i),
    summarizedTo,
  );
}
