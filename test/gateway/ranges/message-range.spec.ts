import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Channel } from '../../../src/channels/channel.js';
import { MessageRange, RANGE_BYTES } from '../../../src/gateway/ranges/message-range.js';
import type { Encoder } from '../../../src/messages/encoder.js';
import type { LogEntry } from '../../../src/messages/log-entry.js';
import { streamJson } from '../../../src/messages/stream-json.js';
import { append, createChannel } from '../../fixtures/create-channel.js';
import { RecordingSink } from '../../fixtures/recording-sink.js';
import { message } from '../../messages/arbitraries.js';

const STREAM_LINES: Encoder = { encode: (entry) => `${streamJson(entry)}\n` };

describe('a range', () => {
  it('has the messages from the first one to the limit, and is final when it is full', () => {
    const channel = createChannel();
    append(channel, 'A', 'B', 'C', 'D');
    const range = new MessageRange(channel, 2, 2);
    expect(commandsOf(range)).toEqual(['B', 'C']);
    expect(range).toMatchObject({ to: 3, isFinal: true, hasNext: true });
    expect(range.etag).toBe(`"${channel.epoch}-2-3"`);
  });

  it('at the end of a running log is not final, and its ETag changes with each message', () => {
    const channel = createChannel();
    append(channel, 'A', 'B');
    const before = new MessageRange(channel, 1, 3);
    expect(before).toMatchObject({ to: 2, isFinal: false, hasNext: false });
    append(channel, 'C');
    const after = new MessageRange(channel, 1, 3);
    expect(after).toMatchObject({ to: 3, isFinal: true, hasNext: true });
    expect(after.etag).not.toBe(before.etag);
  });

  it.each([2, 3])(
    'at the end of a finished log is final and has no next range, with the limit %i',
    (limit) => {
      const channel = createChannel();
      append(channel, 'A', 'FINISHED');
      expect(new MessageRange(channel, 1, limit)).toMatchObject({ to: 2, isFinal: true, hasNext: false });
    },
  );

  it('beyond the end is empty', () => {
    const channel = createChannel();
    append(channel, 'A');
    for (const from of [2, 1_000_000]) {
      const range = new MessageRange(channel, from, 10);
      expect(commandsOf(range)).toEqual([]);
      expect(range).toMatchObject({ to: from - 1, isFinal: false, hasNext: false });
    }
  });

  it('keeps its messages when the log is trimmed before they are sent', () => {
    const channel = createChannel({ channel_messages: 3 });
    append(channel, 'A', 'B', 'C');
    const range = new MessageRange(channel, 1, 3);
    append(channel, 'D', 'E', 'F', 'G', 'FINISHED', 'STARTED');
    expect(commandsOf(range)).toEqual(['A', 'B', 'C']);
  });

  it('ends after the message that reaches the limit of bytes, and is final', () => {
    const channel = createChannel({ channel_bytes: 10 * RANGE_BYTES });
    const command = 'x'.repeat(RANGE_BYTES / 4);
    append(channel, ...Array<string>(10).fill(command));
    const range = new MessageRange(channel, 2, 9);
    expect(range).toMatchObject({ to: 5, isFinal: true, hasNext: true });
    expect(commandsOf(range)).toHaveLength(4);
  });

  it('has at least one message, however large it is', () => {
    const channel = createChannel({ channel_bytes: 10 * RANGE_BYTES });
    append(channel, 'x'.repeat(2 * RANGE_BYTES), 'B');
    expect(new MessageRange(channel, 1, 2)).toMatchObject({ to: 1, isFinal: true, hasNext: true });
  });
});

it('any split into ranges concatenates to the log that a stream gets', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 80 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 80 }),
      (messages, limits) => {
        const channel = channelWith(messages);
        const sink = new RecordingSink(STREAM_LINES);
        channel.subscribe(sink);
        let from = 1;
        let text = '';
        for (let index = 0; from < channel.endSeq; index++) {
          const range = new MessageRange(channel, from, limits[index % limits.length]!);
          text += textOf(range);
          from = range.to + 1;
        }
        expect(text.split('\n').slice(0, -1)).toEqual(sink.messages);
      },
    ),
  );
});

it('a final range has the same ETag and the same bytes after any further messages', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 40 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 40 }),
      (messages, early, limit) => {
        const from = 1;
        const whole = channelWith(messages);
        const begun = channelWith(messages.slice(0, early));
        const range = new MessageRange(begun, from, limit);
        if (!range.isFinal) return;
        const later = new MessageRange(whole, from, limit);
        expect(later).toMatchObject({ etag: range.etag, isFinal: true, hasNext: range.hasNext });
        expect(textOf(later)).toBe(textOf(range));
      },
    ),
  );
});

/** A channel whose log has these messages, without what follows FINISHED. */
function channelWith(messages: readonly LogEntry['message'][]): Channel {
  const channel = createChannel();
  const end = messages.findIndex(({ command }) => command === 'FINISHED');
  for (const [index, each] of messages.slice(0, end < 0 ? undefined : end + 1).entries())
    channel.apply({ channelId: 'j', epoch: 'e', seq: index + 1, time: index, message: each });
  return channel;
}

function textOf(range: MessageRange): string {
  return Buffer.concat([...range.slices()]).toString('latin1');
}

function commandsOf(range: MessageRange): string[] {
  const lines = textOf(range).split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { command: string }).command);
}
