import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import type { Position } from '../../src/messages/position.js';
import { RecordedProcess, type RecordingOptions } from '../fixtures/journal/recorded-channels.js';
import type { Segments } from '../fixtures/journal/memory-disk.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

const IDS = ['a', 'b', 'c', 'd'];

/** Small bounds, so that few messages meet each of them. `channels` makes evictions, `channel_messages` trims. */
const OPTIONS: RecordingOptions = {
  limits: { channels: 3, channel_messages: 6 },
  bounds: { batch: 200, copySlice: 60, segment: 500 },
};

const id = fc.constantFrom(...IDS);
const command = fc.constantFrom('STARTED', 'DOWNLOADED', 'ABORTED', 'FAILED', 'ENDED');
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('append' as const), id, count: fc.nat(8), command }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), id }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('batch' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retry' as const), removeEarlier: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('crash' as const),
      /** Operations that the disk lacks, and bytes of the first of them that it has. */
      lost: fc.nat(12),
      bytes: fc.nat(300),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives back what was written, and never another message under a number that clients have seen', async () => {
  const met = { graceful: 0, crashes: 0, continued: 0, finished: 0, trimmed: 0, resets: 0, resumed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
      const history = new History(met);
      for (const each of steps) await history.take(each);
      await history.take({ do: 'crash', lost: 0, bytes: 0 });
    }),
    { numRuns: 150 },
  );
  // Otherwise the steps have become too harmless to prove anything.
  for (const count of Object.values(met)) expect(count).toBeGreaterThan(10);
}, 60_000);

/** The state of a log after its messages before a number. */
interface State {
  readonly startSeq: number;
  readonly endSeq: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** Processes, one after the other, and everything that clients may have seen. */
class History {
  private running = RecordedProcess.start(new Map(), OPTIONS);
  private isFailed = false;
  private index = 1;
  private texts = 0;
  /** The text of each message by its position. */
  private readonly seen = new Map<string, string>();
  /** The states of each log by its end: `<epoch>-<endSeq>`. */
  private readonly states = new Map<string, State>();

  constructor(private readonly met: Record<string, number>) {}

  async take(step: Step): Promise<void> {
    const { channels, writer } = this.running;
    switch (step.do) {
      case 'append':
        for (let i = 0; i < step.count; i++) this.append(step.id, i === 0 ? step.command : 'TASK');
        return;
      case 'finish':
        return this.append(step.id, 'FINISHED');
      case 'flush':
        return channels.flush();
      case 'batch':
        for (let i = 0; i < step.count; i++) vi.advanceTimersByTime(5);
        return;
      case 'fail':
        this.isFailed = true;
        return writer.fail('test');
      case 'retry':
        if (!this.isFailed) return;
        this.isFailed = false;
        return this.running.record(this.nextIndex(), step.removeEarlier);
      case 'stop':
        return this.stop();
      case 'crash': {
        // The first segment of a process is durable before its first message.
        const operations = Math.max(1, this.running.disk.operations.length - step.lost);
        this.met['crashes']!++;
        return this.restart(this.running.crash(operations, step.bytes));
      }
    }
  }

  private append(channelId: string, first: string): void {
    const taskId = `task ${this.texts++}`;
    this.running.channels.append({ channelId, command: first, taskId, taskState: 'COMPLETED' });
    const channel = this.channel(channelId);
    if (!channel) return;
    const position = `${channel.epoch}-${channel.endSeq - 1}`;
    const text = textOf(channel, channel.endSeq - 1);
    // A second FINISHED adds no message.
    expect(this.seen.get(position) ?? text).toBe(text);
    this.seen.set(position, text);
    this.states.set(`${channel.epoch}-${channel.endSeq}`, stateOf(channel));
  }

  private async stop(): Promise<void> {
    this.running.channels.flush();
    const before = this.contents();
    const isFailed = this.isFailed;
    this.restart(await this.running.stop());
    if (isFailed) return;
    this.met['graceful']!++;
    expect(this.contents()).toEqual(before);
  }

  private restart(segments: Segments): void {
    this.index = Math.max(0, ...segments.keys()) + 1;
    this.isFailed = false;
    // Stops the timers, which keep the channels in memory.
    this.running.channels.onApplicationShutdown();
    this.running = RecordedProcess.start(segments, OPTIONS);
    for (const channel of this.running.channels.all()) this.checkRestored(channel);
    this.checkResumes();
  }

  private checkRestored(channel: Channel): void {
    const { epoch, predecessors } = { epoch: channel.epoch, predecessors: channel.snapshot().predecessors };
    const isContinued = !this.states.has(`${epoch}-${channel.endSeq}`);
    const origin = isContinued ? predecessors.at(-1)!.epoch : epoch;
    if (isContinued) expect(predecessors.at(-1)!.seq).toBe(channel.endSeq - 1);
    for (let seq = channel.startSeq; seq < channel.endSeq; seq++) {
      const text = textOf(channel, seq);
      expect(text).toBe(this.seen.get(`${origin}-${seq}`));
      this.seen.set(`${epoch}-${seq}`, text);
    }
    const state = stateOf(channel);
    const original = this.states.get(`${origin}-${channel.endSeq}`)!;
    expect(original).toBeDefined();
    const { messages, partial } = state.summary;
    // Without the messages before the snapshot was made, the counts are lower bounds.
    if (messages === original.summary['messages'])
      expect({ ...state.summary, partial: false }).toEqual({ ...original.summary, partial: false });
    else {
      expect(messages).toBeLessThan(original.summary['messages'] as number);
      expect(partial).toBe(true);
    }
    if (isContinued) expect(partial).toBe(true);
    this.states.set(`${epoch}-${channel.endSeq}`, state);
    if (isContinued) this.met['continued']!++;
    if (channel.finished) this.met['finished']!++;
    if (channel.startSeq > 1) this.met['trimmed']!++;
  }

  /** A client with any position that it may have gets the next message, or a reset. */
  private checkResumes(): void {
    for (const channel of this.running.channels.all()) {
      const { predecessors } = channel.snapshot();
      for (const position of this.positions()) {
        const sink = new RecordingSink();
        this.running.channels.subscribe(channel.id, sink, position).close();
        const known =
          position.epoch === channel.epoch
            ? channel.endSeq - 1
            : predecessors.find(({ epoch }) => epoch === position.epoch)?.seq;
        const isResumable =
          known !== undefined && position.seq <= known && position.seq + 1 >= channel.startSeq;
        expect(sink.wasReset).toBe(!isResumable);
        const first = isResumable ? position.seq + 1 : channel.startSeq;
        const expected = Array.from(
          { length: channel.endSeq - first },
          (_, i) => `${channel.epoch}-${first + i}`,
        );
        expect(sink.messages.map((line) => line.split(' ')[0])).toEqual(expected);
        this.met[isResumable ? 'resumed' : 'resets']!++;
        const text = this.seen.get(`${position.epoch}-${position.seq}`);
        if (isResumable && position.seq >= channel.startSeq) expect(textOf(channel, position.seq)).toBe(text);
      }
    }
  }

  /** The last positions that clients may have. */
  private positions(): Position[] {
    return [...this.seen.keys()].slice(-12).map((text) => {
      const [epoch, seq] = text.split('-');
      return { epoch: epoch!, seq: Number(seq) };
    });
  }

  private nextIndex(): number {
    this.index = Math.max(this.index, ...this.running.disk.segments.keys()) + 1;
    return this.index;
  }

  private channel(channelId: string): Channel | undefined {
    return [...this.running.channels.all()].find((each) => each.id === channelId);
  }

  private contents(): unknown {
    return Object.fromEntries(
      [...this.running.channels.all()].map((channel) => {
        const texts: string[] = [];
        for (let seq = channel.startSeq; seq < channel.endSeq; seq++) texts.push(textOf(channel, seq));
        return [channel.id, { texts, epoch: channel.epoch, ...stateOf(channel) }];
      }),
    );
  }
}

/** A stored message and its time. */
function textOf(channel: Channel, seq: number): string {
  const { bytes } = channel.readStored(seq);
  const end = channel.context.storedEncoder.endOf(bytes, 0);
  return `${channel.timeOf(seq)} ${bytes.toString('latin1', 0, end)}`;
}

function stateOf(channel: Channel): State {
  const { position: _position, subscribers: _subscribers, ...summary } = channel.summary();
  return { startSeq: channel.startSeq, endSeq: channel.endSeq, summary };
}
