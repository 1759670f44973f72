import { beforeEach, describe, expect, it } from 'vitest';
import { CHANNEL_OVERHEAD, type Channel } from '../../src/channels/channel.js';
import { createChannel, send } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

let channel: Channel;
let sink: RecordingSink;

beforeEach(() => {
  channel = createChannel();
  sink = new RecordingSink();
});

describe('trimming', () => {
  it('keeps the newest messages and tells a new client that the beginning is missing', () => {
    channel = createChannel({ channel_messages: 2 });
    send(channel, 'a', 'b', 'c');
    channel.subscribe(sink);
    expect(sink.events).toEqual(['reset trimmed']);
    expect(sink.commands).toEqual(['b', 'c']);
  });

  it('bounds the bytes of a log, but always keeps the newest message', () => {
    channel = createChannel({ channel_bytes: 100 });
    send(channel, 'a'.repeat(40), 'b'.repeat(20), 'c'.repeat(20));
    expect(channel.bytes - CHANNEL_OVERHEAD).toBeLessThanOrEqual(200);
    send(channel, 'd'.repeat(500));
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['d'.repeat(500)]);
  });

  it.each([{ channel_messages: 2 }, { channel_bytes: 50 }])(
    'offers a burst longer than the log to its subscribers before it trims: %o',
    (limits) => {
      channel = createChannel(limits);
      channel.subscribe(sink);
      send(channel, 'a', 'b', 'c', 'd', 'e');
      expect(sink.commands).toEqual(['a', 'b', 'c', 'd', 'e']);
    },
  );

  it('writes a burst as long as the log at once', () => {
    channel = createChannel({ channel_messages: 2 });
    channel.subscribe(sink);
    send(channel, 'a', 'b');
    send(channel, 'c', 'd');
    expect(sink.writes).toHaveLength(2);
  });

  it('keeps messages that fill channel_bytes exactly', () => {
    send(channel, 'a');
    channel = createChannel({ channel_bytes: 2 * channel.readStored(1).bytes.length });
    send(channel, 'a', 'b');
    expect(channel.retained).toBe(2);
    send(channel, 'c');
    expect(channel.retained).toBe(2);
  });

  it('keeps the time of each message in a long log', () => {
    channel = createChannel({ channel_messages: 1500 });
    const { id: channelId, epoch } = channel;
    for (let seq = 1; seq <= 6000; seq++) {
      channel.apply({ channelId, epoch, seq, time: seq, message: { command: 'TASK' } });
      expect(channel.timeOf(channel.startSeq)).toBe(channel.startSeq);
      expect(channel.timeOf(seq)).toBe(seq);
    }
    expect(channel.startSeq).toBe(4501);
  });

  it('needs no cached encoding for a log that is read in the stored encoding, or not at all', () => {
    channel = createChannel({ channel_messages: 2 });
    const { encodings, storedEncoder } = channel.context;
    channel.subscribe(new RecordingSink(storedEncoder));
    send(channel, 'a', 'b', 'c');
    expect(encodings.bytes).toBe(0);
    channel.subscribe(sink);
    expect(encodings.bytes).toBeGreaterThan(0);
    channel.release();
    expect(encodings.bytes).toBe(0);
    channel.release();
    expect(encodings.bytes).toBe(0);
  });

  it('still writes many messages at once when the log is full', () => {
    channel = createChannel({ channel_messages: 100 });
    channel.subscribe(sink);
    for (let i = 0; i < 10; i++) send(channel, ...Array.from({ length: 50 }, (_, n) => `${i}.${n}`));
    expect(sink.commands).toHaveLength(500);
    expect(sink.writes.length).toBeLessThan(20);
  });
});

describe('resuming', () => {
  it('continues with the message after the position', () => {
    send(channel, 'a', 'b', 'c');
    channel.subscribe(sink, { epoch: channel.epoch, seq: 2 });
    expect(sink.commands).toEqual(['c']);
    expect(sink.events).toEqual([]);
  });

  it('waits at the end of the log without a reset', () => {
    send(channel, 'a');
    channel.subscribe(sink, { epoch: channel.epoch, seq: 1 });
    send(channel, 'b');
    expect(sink.commands).toEqual(['b']);
    expect(sink.events).toEqual([]);
  });

  it('waits at the start of an empty log without a reset', () => {
    channel.subscribe(sink, { epoch: channel.epoch, seq: 0 });
    send(channel, 'a');
    expect(sink.commands).toEqual(['a']);
    expect(sink.events).toEqual([]);
  });

  it.each([
    ['of another epoch', { epoch: 'other', seq: 1 }],
    ['that cannot be read', null],
  ])('starts over, after a reset, from a position %s', (_, position) => {
    send(channel, 'a', 'b');
    channel.subscribe(sink, position);
    expect(sink.events).toEqual(['reset epoch']);
    expect(sink.commands).toEqual(['a', 'b']);
  });

  it.each([2, 7])('starts over from a position that the log has not reached: %i', (seq) => {
    send(channel, 'a');
    channel.subscribe(sink, { epoch: channel.epoch, seq });
    expect(sink.events).toEqual(['reset epoch']);
    send(channel, 'b');
    expect(sink.commands).toEqual(['a', 'b']);
  });

  it('starts over from a position that was trimmed', () => {
    channel = createChannel({ channel_messages: 2 });
    send(channel, 'a', 'b', 'c', 'd');
    channel.subscribe(sink, { epoch: channel.epoch, seq: 1 });
    expect(sink.events).toEqual(['reset trimmed']);
    expect(sink.commands).toEqual(['c', 'd']);
    const exact = new RecordingSink();
    channel.subscribe(exact, { epoch: channel.epoch, seq: 2 });
    expect(exact.events).toEqual([]);
    expect(exact.commands).toEqual(['c', 'd']);
  });
});
