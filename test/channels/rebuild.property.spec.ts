import { expect, it } from 'vitest';
import fc from 'fast-check';
import { ChannelCounters } from '../../src/channels/channel-counters.js';
import { Channel, type ChannelContext } from '../../src/channels/channel.js';
import { EncodingCache } from '../../src/channels/encoding-cache.js';
import { Sequencer } from '../../src/channels/sequencer.js';
import type { EndReason, Sink } from '../../src/channels/sink.js';
import type { Encoder } from '../../src/messages/encoder.js';
import { legacyFrames } from '../../src/messages/legacy-frames.js';
import type { LogEntry } from '../../src/messages/log-entry.js';
import type { Position } from '../../src/messages/position.js';
import type { MessageFields } from '../../src/messages/progress-message.js';
import { sseEvents } from '../../src/messages/sse-events.js';
import { streamBatches } from '../../src/messages/stream-batches.js';
import { streamFrames } from '../../src/messages/stream-frames.js';

const ENCODERS = [legacyFrames, streamFrames, streamBatches, sseEvents];

/** Collects everything that a subscription does to its sink. */
class TextSink implements Sink {
  text = '';
  constructor(readonly encoder: Encoder) {}
  continues(): void {
    this.text += '[continues]';
  }

  reset(cause: string): void {
    this.text += `[reset ${cause}]`;
  }
  write(bytes: Buffer): boolean {
    this.text += bytes.toString('latin1');
    return true;
  }
  end(reason: EndReason): void {
    this.text += `[close ${reason}]`;
  }
}

interface Step {
  readonly message: MessageFields;
  readonly time: number;
  readonly flush: boolean;
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.constantFrom('compile', '"', '\\'));
const message: fc.Arbitrary<MessageFields> = fc.oneof(
  fc.record({ command: fc.constantFrom('DOWNLOADED', 'STARTED', 'ABORTED', 'FAILED', 'FINISHED') }),
  fc.record({ command: text }),
  fc.record({
    command: fc.constant('TASK'),
    taskId: text,
    taskState: fc.constantFrom('COMPLETED', 'FAILED', 'SKIPPED', 'ODD'),
  }),
);
const steps = fc.array(
  fc.record({ message, time: fc.integer({ min: 0, max: 8.64e15 }), flush: fc.boolean() }),
  { minLength: 1, maxLength: 60 },
);
const limits = fc.record({
  channel_messages: fc.integer({ min: 1, max: 30 }),
  channel_bytes: fc.integer({ min: 100, max: 2000 }),
  lag: fc.constant(60),
});

it('makes the same channel from the same entries', () => {
  fc.assert(
    fc.property(steps, limits, (all, bounds) => {
      const original = create('original', bounds);
      const entries = sequence(original, all);
      const rebuilt = create('rebuilt', bounds);
      for (const entry of entries) rebuilt.apply(entry);
      expectSame(original, rebuilt, entries);
    }),
  );
});

it('makes the same channel when subscribers are there meanwhile', () => {
  fc.assert(
    fc.property(steps, limits, fc.nat(60), (all, bounds, joinAt) => {
      const original = create('original', bounds);
      const entries = sequence(original, all);
      const rebuilt = create('rebuilt', bounds);
      for (const [index, entry] of entries.entries()) {
        if (index === joinAt) for (const encoder of ENCODERS) rebuilt.subscribe(new TextSink(encoder));
        rebuilt.apply(entry);
        if (index % 3 === 0) rebuilt.flush();
      }
      rebuilt.flush();
      rebuilt.close('idle');
      expectSame(original, rebuilt, entries);
    }),
  );
});

it('gives subscribers of the rebuilt channel the same messages as those of the original', () => {
  fc.assert(
    fc.property(steps, limits, (all, bounds) => {
      const [original, rebuilt] = [create('epoch', bounds), create('epoch', bounds)];
      const pairs = ENCODERS.map((encoder) => [new TextSink(encoder), new TextSink(encoder)] as const);
      for (const [one, other] of pairs) {
        original.subscribe(one);
        rebuilt.subscribe(other);
      }
      const sequencer = new Sequencer(() => 0, counting());
      for (const step of all) {
        const entry = sequencer.sequence({ channelId: 'j', ...step.message }, original);
        if (entry) for (const channel of [original, rebuilt]) channel.apply(entry);
        if (step.flush) for (const channel of [original, rebuilt]) channel.flush();
      }
      for (const [one, other] of pairs) expect(other.text).toBe(one.text);
    }),
  );
});

function create(epoch: string, bounds: ChannelContext['limits']): Channel {
  return new Channel(
    { channelId: 'j', epoch, seq: 1 },
    {
      limits: bounds,
      encodings: new EncodingCache({ encoded_bytes: 1000 }),
      storedEncoder: legacyFrames,
      counters: new ChannelCounters(),
      audienceChanged: () => {},
      discarding: () => {},
      awaitLog: () => {},
      authority: { isFollowing: false },
      subscriptionFailed: (error: unknown) => {
        throw error;
      },
    },
  );
}

/** Appends live messages to a channel. Returns their entries. */
function sequence(channel: Channel, all: readonly Step[]): LogEntry[] {
  let time = 0;
  const sequencer = new Sequencer(() => time, counting());
  return all.flatMap((step) => {
    time = step.time;
    const entry = sequencer.sequence({ channelId: 'j', ...step.message }, channel);
    if (entry) channel.apply(entry);
    if (step.flush) channel.flush();
    return entry ?? [];
  });
}

function counting(): () => string {
  let count = 0;
  return () => `epoch${count++}`;
}

function expectSame(one: Channel, other: Channel, entries: readonly LogEntry[]): void {
  expect(other.summary()).toEqual(one.summary());
  expect(other.bytes).toBe(one.bytes);
  const positions: (Position | null | undefined)[] = [undefined, null, { epoch: 'none', seq: 1 }];
  for (const { epoch, seq } of entries) positions.push({ epoch, seq: seq - 1 }, { epoch, seq });
  for (const encoder of ENCODERS)
    for (const position of positions)
      expect(read(other, encoder, position)).toBe(read(one, encoder, position));
}

function read(channel: Channel, encoder: Encoder, position: Position | null | undefined): string {
  const sink = new TextSink(encoder);
  channel.subscribe(sink, position).close();
  return sink.text;
}
