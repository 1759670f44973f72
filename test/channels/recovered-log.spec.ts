import { beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { createChannel, send } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

let channel: Channel;
let sink: RecordingSink;
let old: string;

beforeEach(() => {
  channel = createChannel();
  sink = new RecordingSink();
  send(channel, 'STARTED', 'b', 'c');
  old = channel.epoch;
  channel.continueAs('new');
});

describe('a log that continues under a new epoch', () => {
  it('resumes a position of the old epoch without a reset, with the same numbers', () => {
    channel.subscribe(sink, { epoch: old, seq: 1 });
    send(channel, 'd');
    expect(sink.events).toEqual([`continues ${old}-3 as new`]);
    expect(sink.messages.map(positionOf)).toEqual(['new-2', 'new-3', 'new-4']);
  });

  it('resumes the last restored position of the old epoch', () => {
    channel.subscribe(sink, { epoch: old, seq: 3 });
    expect(sink.events).toEqual([`continues ${old}-3 as new`]);
    expect(sink.messages).toEqual([]);
  });

  it('resets a position that the restored log lacks', () => {
    channel.subscribe(sink, { epoch: old, seq: 4 });
    expect(sink.events).toEqual(['reset epoch']);
    expect(sink.messages.map(positionOf)).toEqual(['new-1', 'new-2', 'new-3']);
  });

  it('resets a position that cannot be read', () => {
    channel.subscribe(sink, null);
    expect(sink.events).toEqual(['reset epoch']);
  });

  it('still resets that position when the new epoch has reached its number', () => {
    send(channel, 'd', 'e');
    channel.subscribe(sink, { epoch: old, seq: 4 });
    expect(sink.events).toEqual(['reset epoch']);
  });

  it('tells a new client that messages may be missing', () => {
    channel.subscribe(sink);
    expect(sink.events).toEqual([`continues ${old}-3 as new`]);
    expect(channel.summary()).toMatchObject({ position: 'new-3', partial: true, messages: 3 });
  });

  it('resumes a position of the new epoch silently', () => {
    channel.subscribe(sink, { epoch: 'new', seq: 2 });
    expect(sink.events).toEqual([]);
    expect(sink.messages.map(positionOf)).toEqual(['new-3']);
  });

  it('resets a position whose next message was trimmed', () => {
    channel = createChannel({ channel_messages: 2 });
    send(channel, 'a', 'b', 'c', 'd');
    old = channel.epoch;
    channel.continueAs('new');
    channel.subscribe(sink, { epoch: old, seq: 1 });
    expect(sink.events).toEqual(['reset trimmed']);
  });

  it('remembers the epochs of eight ungraceful ends', () => {
    for (let i = 2; i <= 9; i++) channel.continueAs(`new${i}`);
    channel.subscribe(sink, { epoch: 'new', seq: 3 });
    const forgotten = new RecordingSink();
    channel.subscribe(forgotten, { epoch: old, seq: 3 });
    expect(sink.events).toEqual(['continues new-3 as new9']);
    expect(forgotten.events).toEqual(['reset epoch']);
  });
});

function positionOf(line: string): string {
  return line.split(' ')[0]!;
}
