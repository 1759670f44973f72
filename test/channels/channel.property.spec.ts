import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Channel } from '../../src/channels/channel.js';
import { parsePosition } from '../../src/messages/position.js';
import type { Subscription } from '../../src/channels/subscriber.js';
import { createChannel } from '../fixtures/create-channel.js';
import { LINES, RecordingSink } from '../fixtures/recording-sink.js';

const WATCHERS = 4;

interface Connection {
  sink: RecordingSink;
  subscription: Subscription | undefined;
  /** What it holds: everything since its last reset. */
  held: string[];
  /** Whether it was told that something before these is missing. */
  told: boolean;
}

type Step =
  | { do: 'append'; count: number; size: number }
  | { do: 'flush' }
  | { do: 'finish' }
  | { do: 'join' | 'leave' | 'stall' | 'drain'; who: number };

const who = fc.integer({ min: 0, max: WATCHERS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 9 }),
      size: fc.nat(300),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('finish' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('join' as const, 'leave' as const, 'stall' as const, 'drain' as const),
      who,
    }),
  },
);

describe('any sequence of appends, joins, leaves, trims, stalls and resumes', () => {
  it('shows every subscriber exactly the log from its position on, in order, nothing twice, or tells it of a reset', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 200, max: 5000 }),
        fc.integer({ min: 0, max: 5000 }),
        run,
      ),
      { numRuns: 500 },
    );
  });
});

function run(steps: Step[], channel_messages: number, channel_bytes: number, encodedBytes: number): void {
  const channel = createChannel({ channel_messages, channel_bytes, lag: 60 }, encodedBytes);
  // The truth: every message of every life by position, as a subscriber must see it.
  const truth = new Map<string, string>();
  const all: string[] = [];
  const watchers: Connection[] = Array.from({ length: WATCHERS }, () => ({
    sink: new RecordingSink(LINES),
    subscription: undefined,
    held: [],
    told: false,
  }));

  let number = 0;
  const append = (command: string): void => {
    channel.append({ channelId: 'j', command }, 0);
    const { position } = channel.summary();
    const line = `${position} {"command": "${command}"}`;
    truth.set(position, line);
    all.push(line);
  };

  for (const each of steps) {
    if (each.do === 'append')
      for (let i = 0; i < each.count; i++) append(`${number++}.${'x'.repeat(each.size)}`);
    else if (each.do === 'finish') append('FINISHED');
    else if (each.do === 'flush') channel.flush();
    else act(channel, watchers[each.who]!, each.do);
    for (const watcher of watchers) check(watcher, truth, all);
  }

  // In the end nothing is withheld: whoever is still there has everything.
  channel.flush();
  for (const watcher of watchers) {
    if (!watcher.subscription || isClosed(watcher)) continue;
    watcher.sink.resume(watcher.subscription);
    check(watcher, truth, all);
    const seen = [...watcher.held, ...watcher.sink.messages];
    if (!isClosed(watcher)) expect(seen.at(-1)).toBe(all.at(-1));
  }
  channel.close('idle');
}

function act(channel: Channel, watcher: Connection, action: 'join' | 'leave' | 'stall' | 'drain'): void {
  const gone = !watcher.subscription || isClosed(watcher);
  if (action === 'join' && gone) {
    hold(watcher);
    const last = watcher.held.at(-1)?.split(' ')[0];
    watcher.sink = new RecordingSink(LINES);
    watcher.subscription = channel.subscribe(
      watcher.sink,
      last === undefined ? undefined : parsePosition(last)!,
    );
  } else if (action === 'leave' && !gone) {
    watcher.subscription!.close();
    hold(watcher);
    watcher.sink = new RecordingSink(LINES);
    watcher.subscription = undefined;
  } else if (action === 'stall') {
    watcher.sink.stalled = true;
  } else if (action === 'drain' && watcher.subscription) {
    watcher.sink.resume(watcher.subscription);
  }
}

function hold(watcher: Connection): void {
  if (wasReset(watcher)) {
    watcher.held = [];
    watcher.told = true;
  }
  watcher.held.push(...watcher.sink.messages);
}

function check(watcher: Connection, truth: Map<string, string>, all: string[]): void {
  const seen = wasReset(watcher) ? watcher.sink.messages : [...watcher.held, ...watcher.sink.messages];
  for (const line of seen) expect(truth.get(line.split(' ')[0]!)).toBe(line);
  if (seen.length === 0) return;
  const start = all.indexOf(seen[0]!);
  expect(seen).toEqual(all.slice(start, start + seen.length));
  const position = parsePosition(seen[0]!.split(' ')[0]!)!;
  // Without a reset nothing before the first message may be missing.
  if (!wasReset(watcher) && !watcher.told) expect(position.seq).toBe(1);
}

function wasReset({ sink }: Connection): boolean {
  return sink.events.some((event) => event.startsWith('reset'));
}

function isClosed({ sink }: Connection): boolean {
  return sink.events.some((event) => event.startsWith('close'));
}
