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
