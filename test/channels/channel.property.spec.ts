import { expect, it } from 'vitest';
import fc from 'fast-check';
import type { Channel } from '../../src/channels/channel.js';
import type { Subscription } from '../../src/channels/sink.js';
import { parsePosition } from '../../src/messages/position.js';
import { append, createChannel } from '../fixtures/create-channel.js';
import { LINES, RecordingSink } from '../fixtures/recording-sink.js';

const CLIENTS = 4;

interface Client {
  sink: RecordingSink;
  subscription: Subscription | undefined;
  /** What it has from earlier subscriptions, since its last reset. */
  held: string[];
  /** A reset said that messages before `held` are missing. */
  incomplete: boolean;
}

type Step =
  | { do: 'append'; count: number; size: number }
  | { do: 'flush' }
  | { do: 'finish' }
  | { do: 'join' | 'leave' | 'stall' | 'drain'; client: number };

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
      client: fc.integer({ min: 0, max: CLIENTS - 1 }),
    }),
  },
);

it('gives every subscriber exactly the log after its position, in order, or a reset, whatever happens', () => {
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

function run(steps: Step[], channel_messages: number, channel_bytes: number, encodedBytes: number): void {
  const channel = createChannel({ channel_messages, channel_bytes, lag: 60 }, encodedBytes);
  // Every message of every epoch, by position, as a subscriber must get it.
  const truth = new Map<string, string>();
  const all: string[] = [];
  const clients: Client[] = Array.from({ length: CLIENTS }, () => ({
    sink: new RecordingSink(),
    subscription: undefined,
    held: [],
    incomplete: false,
  }));

  let number = 0;
  const add = (command: string): void => {
    for (const entry of append(channel, command)) {
      const line = LINES.encode(entry).trimEnd();
      truth.set(`${entry.epoch}-${entry.seq}`, line);
      all.push(line);
    }
  };

  for (const each of steps) {
    if (each.do === 'append')
      for (let i = 0; i < each.count; i++) add(`${number++}.${'x'.repeat(each.size)}`);
    else if (each.do === 'finish') add('FINISHED');
    else if (each.do === 'flush') channel.flush();
    else act(channel, clients[each.client]!, each.do);
    for (const client of clients) check(client, truth, all);
  }

  channel.flush();
  for (const client of clients) {
    if (!client.subscription || client.sink.wasClosed) continue;
    client.sink.resume(client.subscription);
    check(client, truth, all);
    const seen = [...client.held, ...client.sink.messages];
    if (!client.sink.wasClosed) expect(seen.at(-1)).toBe(all.at(-1));
  }
  channel.close('idle');
}

function act(channel: Channel, client: Client, action: 'join' | 'leave' | 'stall' | 'drain'): void {
  const { sink, subscription } = client;
  const gone = !subscription || sink.wasClosed;
  if (action === 'join' && gone) {
    hold(client);
    const last = client.held.at(-1)?.split(' ')[0];
    client.sink = new RecordingSink();
    client.subscription = channel.subscribe(
      client.sink,
      last === undefined ? undefined : parsePosition(last)!,
    );
  } else if (action === 'leave' && !gone) {
    subscription.close();
    hold(client);
    client.sink = new RecordingSink();
    client.subscription = undefined;
  } else if (action === 'stall') {
    sink.stalled = true;
  } else if (action === 'drain' && subscription) {
    sink.resume(subscription);
  }
}

function hold(client: Client): void {
  if (client.sink.wasReset) {
    client.held = [];
    client.incomplete = true;
  }
  client.held.push(...client.sink.messages);
}

function check({ sink, held, incomplete }: Client, truth: Map<string, string>, all: string[]): void {
  const seen = sink.wasReset ? sink.messages : [...held, ...sink.messages];
  for (const line of seen) expect(truth.get(line.split(' ')[0]!)).toBe(line);
  if (seen.length === 0) return;
  const start = all.indexOf(seen[0]!);
  expect(seen).toEqual(all.slice(start, start + seen.length));
  // Without a reset no message before the first is missing.
  const { seq } = parsePosition(seen[0]!.split(' ')[0]!)!;
  if (!sink.wasReset && !incomplete) expect(seq).toBe(1);
}
