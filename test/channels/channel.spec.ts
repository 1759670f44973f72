import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CHANNEL_OVERHEAD, type Channel } from '../../src/channels/channel.js';
import { parsePosition } from '../../src/messages/position.js';
import { append, createChannel, send } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

let channel: Channel;
let sink: RecordingSink;

beforeEach(() => {
  channel = createChannel();
  sink = new RecordingSink();
});

describe('delivery', () => {
  it('gives a late joiner the whole log, then live messages, in order', () => {
    send(channel, 'a', 'b');
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['a', 'b']);
    send(channel, 'c');
    expect(sink.commands).toEqual(['a', 'b', 'c']);
  });

  it('writes all messages of a flush at once, in the same buffer for all subscribers', () => {
    const other = new RecordingSink();
    channel.subscribe(sink);
    channel.subscribe(other);
    send(channel, 'a', 'b', 'c');
    expect(sink.writes).toHaveLength(1);
    expect(other.writes[0]).toBe(sink.writes[0]);
  });

  it('loses and repeats nothing for a subscriber that joins between append and flush', () => {
    const early = new RecordingSink();
    channel.subscribe(early);
    append(channel, 'a');
    channel.subscribe(sink);
    send(channel, 'b');
    expect(early.commands).toEqual(['a', 'b']);
    expect(sink.commands).toEqual(['a', 'b']);
  });

  it('numbers messages from 1 without gaps', () => {
    channel.subscribe(sink);
    send(channel, 'a', 'b');
    const { epoch } = channel;
    expect(sink.messages.map((line) => line.split(' ')[0])).toEqual([`${epoch}-1`, `${epoch}-2`]);
  });

  it('continues after FAILED and ABORTED', () => {
    channel.subscribe(sink);
    send(channel, 'ABORTED', 'FAILED');
    expect(sink.events).toEqual([]);
  });
});

describe('FINISHED', () => {
  it('closes each subscriber after delivery, a late one too', () => {
    channel.subscribe(sink);
    send(channel, 'a', 'FINISHED');
    expect(sink.commands).toEqual(['a', 'FINISHED']);
    expect(sink.events).toEqual(['close finished']);
    const late = new RecordingSink();
    channel.subscribe(late);
    expect(late.commands).toEqual(['a', 'FINISHED']);
    expect(late.events).toEqual(['close finished']);
  });

  it('changes nothing when it comes twice', () => {
    send(channel, 'a', 'FINISHED', 'FINISHED');
    const { position } = channel.summary();
    send(channel, 'FINISHED');
    expect(channel.summary()).toMatchObject({ position, messages: 2, state: 'finished' });
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['a', 'FINISHED']);
  });

  it('is followed by a new epoch and an empty log when another message comes', () => {
    send(channel, 'a', 'FINISHED');
    const before = channel.summary().position;
    send(channel, 'b');
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['b']);
    expect(parsePosition(sink.position)!.epoch).not.toBe(parsePosition(before)!.epoch);
    expect(channel.summary()).toMatchObject({ state: 'running', messages: 1, attempt: 1, finished_at: null });
  });

  it('is delivered even when the next epoch begins in the same turn', () => {
    channel.subscribe(sink);
    send(channel, 'a', 'FINISHED', 'b');
    expect(sink.commands).toEqual(['a', 'FINISHED']);
    expect(sink.events).toEqual(['close finished']);
  });
});

describe('the end of an idle channel', () => {
  it('is final for a subscriber that has all messages', () => {
    channel.subscribe(sink);
    send(channel, 'a');
    channel.close('idle');
    expect(sink.events).toEqual(['close idle']);
  });

  it('is not final for a subscriber that is behind', () => {
    sink.stalled = true;
    channel.subscribe(sink);
    send(channel, 'a');
    send(channel, 'b');
    channel.close('idle');
    expect(sink.commands).toEqual(['a']);
    expect(sink.events).toEqual(['close slow']);
  });
});

it('the end of an evicted channel is not final for a subscriber that is behind', () => {
  sink.stalled = true;
  channel.subscribe(sink);
  send(channel, 'a');
  send(channel, 'b');
  channel.close('evicted');
  expect(sink.events).toEqual(['close evicted']);
});

describe('the audience', () => {
  it('changes with the first subscriber, and whenever one leaves, once', () => {
    const changed = vi.spyOn(channel.context, 'audienceChanged');
    const first = channel.subscribe(sink);
    const second = channel.subscribe(new RecordingSink());
    expect(changed).toHaveBeenCalledTimes(1);
    first.close();
    first.close();
    expect(changed).toHaveBeenCalledTimes(2);
    second.close();
    expect(changed).toHaveBeenCalledTimes(3);
  });

  it('gets nothing more after it has left', () => {
    sink.stalled = true;
    const subscription = channel.subscribe(sink);
    send(channel, 'a');
    subscription.close();
    send(channel, 'b', 'FINISHED');
    sink.resume(subscription);
    expect(sink.commands).toEqual(['a']);
    expect(sink.events).toEqual([]);
    expect(channel.context.counters.ends.finished).toBe(0);
  });
});

describe('the facts of a channel', () => {
  it('count the messages in the log and their bytes', () => {
    channel = createChannel({ channel_messages: 2 });
    expect([channel.retained, channel.bytes]).toEqual([0, 0]);
    send(channel, 'a', 'b', 'c');
    expect(channel.retained).toBe(2);
    const stored = channel.readStored(channel.startSeq).bytes.length;
    expect(channel.bytes).toBe(CHANNEL_OVERHEAD + channel.id.length + stored + 2 * 24);
  });

  it('say that the job has failed until another message follows', () => {
    send(channel, 'a');
    expect(channel.failed).toBe(false);
    send(channel, 'FAILED');
    expect(channel.failed).toBe(true);
    send(channel, 'FINISHED');
    expect(channel.failed).toBe(false);
  });

  it('say when the newest message arrived', () => {
    expect(channel.updatedAt).toBe(0);
    const { id: channelId, epoch } = channel;
    channel.apply({ channelId, epoch, seq: 1, time: 7, message: { command: 'STARTED' } });
    expect(channel.updatedAt).toBe(7);
    expect(channel.startPosition).toBe(`${epoch}-1`);
  });

  it('say that a complete job is complete', () => {
    send(channel, 'STARTED', 'FINISHED');
    expect(channel.summary().partial).toBe(false);
    channel = createChannel({ channel_messages: 2 });
    send(channel, 'STARTED', 'TASK', 'TASK');
    expect(channel.summary().partial).toBe(true);
  });
});

describe('a failure that is final', () => {
  beforeEach(() => {
    sink.endsAfterFailure = true;
    send(channel, 'FAILED');
    channel.endAfterFailure();
  });

  it('ends a subscriber that comes later', () => {
    channel.subscribe(sink);
    expect(sink.events).toEqual(['close failed']);
  });

  it('is not final when another message follows', () => {
    send(channel, 'STARTED');
    channel.subscribe(sink);
    expect(sink.events).toEqual([]);
  });
});

describe('entries from elsewhere', () => {
  const entry = (epoch: string, seq: number, command = `${epoch}${seq}`) => ({
    channelId: 'j',
    epoch,
    seq,
    time: 0,
    message: { command },
  });

  it('are applied once', () => {
    expect(channel.apply(entry('e', 1))).toBe(true);
    expect(channel.apply(entry('e', 2))).toBe(true);
    expect(channel.apply(entry('e', 1))).toBe(false);
    expect(channel.summary()).toMatchObject({ position: 'e-2', messages: 2 });
  });

  it('reach a subscriber that waits for the first message without a reset', () => {
    channel.subscribe(sink);
    channel.apply(entry('e', 1));
    channel.flush();
    expect(sink.commands).toEqual(['e1']);
    expect(sink.events).toEqual([]);
  });

  it('reset a subscriber when they start a new epoch before FINISHED', () => {
    channel.subscribe(sink);
    for (const each of [entry('e', 1), entry('e', 2), entry('f', 1)]) channel.apply(each);
    channel.flush();
    expect(sink.events).toEqual(['reset epoch']);
    expect(sink.commands).toEqual(['f1']);
    expect(channel.summary()).toMatchObject({ position: 'f-1', messages: 1 });
  });

  it('reset a subscriber when some of them are missing', () => {
    channel.subscribe(sink);
    for (const each of [entry('e', 1), entry('e', 5)]) channel.apply(each);
    channel.flush();
    expect(sink.events).toEqual(['reset trimmed']);
    expect(sink.commands).toEqual(['e5']);
    expect(channel.summary()).toMatchObject({ position: 'e-5', messages: 2, partial: true });
  });

  it('reset a subscriber when one of them is missing', () => {
    channel.subscribe(sink);
    for (const each of [entry('e', 1), entry('e', 3)]) channel.apply(each);
    channel.flush();
    expect(sink.events).toEqual(['reset trimmed']);
    expect(sink.commands).toEqual(['e3']);
  });

  it('make a partial channel when the first ones are missing', () => {
    channel.apply(entry('e', 5, 'STARTED'));
    channel.subscribe(sink);
    expect(sink.events).toEqual(['reset trimmed']);
    expect(channel.summary()).toMatchObject({ position: 'e-5', partial: true });
  });
});
