import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHANNEL_OVERHEAD, type Channel, type ChannelLimits } from '../../src/channels/channel.js';
import { parsePosition } from '../../src/messages/position.js';
import { createChannel } from '../fixtures/create-channel.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

const LIMITS: ChannelLimits = { channel_messages: 1000, channel_bytes: 1_000_000, lag: 30 };

let channel: Channel;
let sink: RecordingSink;

beforeEach(() => {
  channel = create();
  sink = new RecordingSink();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a channel', () => {
  it('gives a late joiner the whole log, then live messages, in order', () => {
    send('a', 'b');
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['a', 'b']);
    send('c');
    expect(sink.commands).toEqual(['a', 'b', 'c']);
  });

  it('hands all messages of a flush over in one write, the same buffer to all', () => {
    const writes: Buffer[] = [];
    const raw = () =>
      Object.assign(new RecordingSink(null), { write: (bytes: Buffer) => writes.push(bytes) > 0 });
    channel.subscribe(raw());
    channel.subscribe(raw());
    send('a', 'b', 'c');
    expect(writes).toHaveLength(2);
    expect(writes[0]).toBe(writes[1]);
  });

  it('loses and doubles nothing for one who joins between append and flush', () => {
    const early = new RecordingSink();
    channel.subscribe(early);
    channel.append({ channelId: 'j', command: 'a' }, 0);
    channel.subscribe(sink);
    channel.append({ channelId: 'j', command: 'b' }, 0);
    channel.flush();
    expect(early.commands).toEqual(['a', 'b']);
    expect(sink.commands).toEqual(['a', 'b']);
  });

  it('numbers messages from 1 without holes', () => {
    channel.subscribe(sink);
    send('a', 'b');
    const epoch = parsePosition(sink.position)!.epoch;
    expect(sink.messages.map((line) => line.split(' ')[0])).toEqual([`${epoch}-1`, `${epoch}-2`]);
  });

  it('closes every subscriber after FINISHED was delivered, and a later one, too', () => {
    channel.subscribe(sink);
    send('a', 'FINISHED');
    expect(sink.commands).toEqual(['a', 'FINISHED']);
    expect(sink.events).toEqual(['close finished']);
    const late = new RecordingSink();
    channel.subscribe(late);
    expect(late.commands).toEqual(['a', 'FINISHED']);
    expect(late.events).toEqual(['close finished']);
  });

  it('takes a second FINISHED behind the first for the same end', () => {
    send('a', 'FINISHED', 'FINISHED');
    const { position } = channel.summary();
    send('FINISHED');
    expect(channel.summary()).toMatchObject({ position, messages: 2, state: 'finished' });
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['a', 'FINISHED']);
  });

  it('goes on after FAILED and ABORTED', () => {
    channel.subscribe(sink);
    send('ABORTED', 'FAILED');
    expect(sink.events).toEqual([]);
  });

  it('starts anew with a message after FINISHED: new epoch, empty log', () => {
    send('a', 'FINISHED');
    const before = channel.summary().position;
    send('b');
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['b']);
    expect(parsePosition(sink.position)!.epoch).not.toBe(parsePosition(before)!.epoch);
    expect(channel.summary()).toMatchObject({ state: 'running', messages: 1, attempt: 1, finished_at: null });
  });

  it('delivers FINISHED although the next life begins in the same turn', () => {
    channel.subscribe(sink);
    for (const command of ['a', 'FINISHED', 'b']) channel.append({ channelId: 'j', command }, 0);
    channel.flush();
    expect(sink.commands).toEqual(['a', 'FINISHED']);
    expect(sink.events).toEqual(['close finished']);
  });

  it('lets a stalled subscriber read the ended log to its end while the next life runs', () => {
    const subscription = stall();
    send('b', 'FINISHED');
    send('c');
    sink.resume(subscription);
    expect(sink.commands).toEqual(['a', 'b', 'FINISHED']);
    expect(sink.events).toEqual(['close finished']);
  });

  it('skips a sink that can take nothing and goes on from its cursor when it drains', () => {
    const subscription = stall();
    send('b');
    send('c');
    expect(sink.commands).toEqual(['a']);
    sink.resume(subscription);
    expect(sink.commands).toEqual(['a', 'b', 'c']);
    expect(sink.writes).toBe(2);
  });

  it('closes a stalled subscriber as slow when its cursor falls off the log', () => {
    channel = create({ channel_messages: 2 });
    stall();
    send('b', 'c');
    expect(sink.events).toEqual([]);
    send('d');
    expect(sink.events).toEqual(['close slow']);
  });

  it('closes a stalled subscriber as slow after limits.lag', () => {
    vi.useFakeTimers();
    stall();
    vi.advanceTimersByTime(29_999);
    expect(sink.events).toEqual([]);
    vi.advanceTimersByTime(1);
    vi.advanceTimersToNextTimer();
    expect(sink.events).toEqual(['close slow']);
  });

  it('looks whether a stalled sink has drained before it believes a timer that a pause of the process made late', () => {
    vi.useFakeTimers();
    const subscription = stall();
    vi.advanceTimersByTime(30_000);
    sink.resume(subscription);
    vi.advanceTimersToNextTimer();
    expect(sink.events).toEqual([]);
  });

  it('gives one that makes progress all the time it needs', () => {
    vi.useFakeTimers();
    channel = createChannel(LIMITS, 0);
    const subscription = stall();
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(20_000);
      send('more');
      subscription.drained();
    }
    expect(sink.events).toEqual([]);
    expect(vi.getTimerCount()).toBe(1);
    subscription.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the newest messages and tells a first visit that the beginning was trimmed', () => {
    channel = create({ channel_messages: 2 });
    send('a', 'b', 'c');
    channel.subscribe(sink);
    expect(sink.events).toEqual(['reset trimmed']);
    expect(sink.commands).toEqual(['b', 'c']);
  });

  it('bounds the bytes of a log, but always keeps the newest message', () => {
    channel = create({ channel_bytes: 100 });
    send('a'.repeat(40), 'b'.repeat(20), 'c'.repeat(20));
    expect(channel.bytes - CHANNEL_OVERHEAD).toBeLessThanOrEqual(200);
    send('d'.repeat(500));
    channel.subscribe(sink);
    expect(sink.commands).toEqual(['d'.repeat(500)]);
  });

  it.each([{ channel_messages: 2 }, { channel_bytes: 50 }])(
    'offers a burst longer than the log to its subscribers before it trims: %o',
    (limits) => {
      channel = create(limits);
      channel.subscribe(sink);
      send('a', 'b', 'c', 'd', 'e');
      expect(sink.commands).toEqual(['a', 'b', 'c', 'd', 'e']);
    },
  );

  it('goes on with one write for many messages when the log is full', () => {
    channel = create({ channel_messages: 100 });
    channel.subscribe(sink);
    for (let i = 0; i < 10; i++) send(...Array.from({ length: 50 }, (_, n) => `${i}.${n}`));
    expect(sink.commands).toHaveLength(500);
    expect(sink.writes).toBeLessThan(20);
  });
});

describe('resuming', () => {
  it('goes on with the message after the position', () => {
    send('a', 'b', 'c');
    const { epoch } = parsePosition(channel.summary().position)!;
    channel.subscribe(sink, { epoch, seq: 2 });
    expect(sink.commands).toEqual(['c']);
    expect(sink.events).toEqual([]);
  });

  it('waits at the end of the log without a reset', () => {
    send('a');
    channel.subscribe(sink, parsePosition(channel.summary().position));
    send('b');
    expect(sink.commands).toEqual(['b']);
    expect(sink.events).toEqual([]);
  });

  it.each([
    ['of another epoch', { epoch: 'other', seq: 1 }],
    ['that cannot be read', null],
  ])('starts over, after a reset, from a position %s', (_, position) => {
    send('a', 'b');
    channel.subscribe(sink, position);
    expect(sink.events).toEqual(['reset epoch']);
    expect(sink.commands).toEqual(['a', 'b']);
  });

  it('starts over from a position that the log has not reached', () => {
    send('a');
    const { epoch } = parsePosition(channel.summary().position)!;
    channel.subscribe(sink, { epoch, seq: 7 });
    expect(sink.events).toEqual(['reset epoch']);
  });

  it('starts over from a position that was trimmed', () => {
    channel = create({ channel_messages: 2 });
    send('a', 'b', 'c', 'd');
    const { epoch } = parsePosition(channel.summary().position)!;
    channel.subscribe(sink, { epoch, seq: 1 });
    expect(sink.events).toEqual(['reset trimmed']);
    expect(sink.commands).toEqual(['c', 'd']);
    const exact = new RecordingSink();
    channel.subscribe(exact, { epoch, seq: 2 });
    expect(exact.events).toEqual([]);
    expect(exact.commands).toEqual(['c', 'd']);
  });
});

describe('the summary of a channel', () => {
  it('has the form of the protocol', () => {
    channel.subscribe(sink);
    expect(channel.summary()).toMatchObject({
      id: 'j',
      state: 'waiting',
      subscribers: 1,
      messages: 0,
      started_at: null,
    });
    channel.append({ channelId: 'j', command: 'TASK', taskId: 'x', taskState: 'FAILED' }, 0);
    expect(channel.summary()).toEqual({
      id: 'j',
      position: expect.stringMatching(/^[0-9a-f]+-1$/) as string,
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
});

function create(limits: Partial<ChannelLimits> = {}): Channel {
  return createChannel({ ...LIMITS, ...limits });
}

function send(...commands: string[]): void {
  for (const command of commands) channel.append({ channelId: 'j', command }, 0);
  channel.flush();
}

/** Subscribes a sink that got `a` and takes no more. */
function stall() {
  const subscription = channel.subscribe(sink);
  sink.stalled = true;
  send('a');
  return subscription;
}
