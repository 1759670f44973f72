import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import { compareEntryIds, START } from '../../src/relay/entry-id.js';
import { EntryReader } from '../../src/relay/entry-reader.js';
import { createChannelsService } from '../fixtures/create-channels-service.js';
import { CheckedClient } from '../fixtures/redis/checked-client.js';
import { MemoryIngest, MemoryStream } from '../fixtures/redis/memory-stream.js';
import { SeenMessages } from '../fixtures/redis/stream-checker.js';

const IDS = ['a', 'b', 'c', 'd'];
const PRODUCERS = ['p', 'q'];

/** Small limits, so that few messages meet each of them. `channels` makes evictions, `channel_messages` trims. */
const LIMITS = { channels: 3, channel_messages: 6 };

const id = fc.constantFrom(...IDS);
const edge = fc.nat(9);
const command = fc.constantFrom('STARTED', 'DOWNLOADED', 'ABORTED', 'FAILED', 'ENDED');
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('append' as const), id, count: fc.nat(8), command }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), id }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      id,
      producer: fc.constantFrom(...PRODUCERS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(301, 3601) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('away' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('back' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rotate' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const) }) },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('read' as const), edge, count: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const), kept: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('empty' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('takeover' as const), edge, isSeamless: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('watch' as const), id, edge }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hop' as const), client: fc.nat(9), edge }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives each edge the channels of the ingest, and no client a silent hole', () => {
  const met = { gaps: 0, lost: 0, resets: 0, continues: 0, takeovers: 0, messages: 0, ended: 0, hops: 0 };
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), (steps) => {
      const history = new History(met);
      for (const each of steps) history.take(each);
      history.settle();
    }),
    { numRuns: 300, seed: 1 },
  );
  // Otherwise the steps have become too harmless to prove anything.
  for (const count of Object.values(met)) expect(count).toBeGreaterThan(5);
}, 60_000);

/** A process that follows. */
class Edge {
  readonly channels = createChannelsService(LIMITS);
  readonly reader = new EntryReader(this.channels);

  constructor(private readonly stream: MemoryStream) {
    this.channels.follow();
  }

  /** Reads some entries, after a look at the end of the stream. */
  read(count: number): void {
    if (compareEntryIds(this.stream.last, this.reader.position) < 0) this.reader.restart();
    for (let left = count; left > 0; left--) {
      const [next] = this.stream.after(this.reader.position);
      if (!next) break;
      this.reader.accept(next);
    }
    this.channels.flush();
  }

  get isCaughtUp(): boolean {
    return this.reader.isWhole && compareEntryIds(this.reader.position, this.stream.last) >= 0;
  }
}

/** One ingest after the other, edges, and everything that clients of edges have seen. */
class History {
  private readonly stream = new MemoryStream();
  private token = 1;
  private ingest: MemoryIngest;
  private edges: Edge[] = [new Edge(this.stream)];
  private readonly seen = new SeenMessages();
  private readonly clients: CheckedClient[] = [];
  /** The ingest has shown messages before they were in the stream. */
  private isShown = false;
  private old: MemoryStream | undefined;
  private texts = 0;
  private readonly requests = new Map<string, number>();

  constructor(private readonly met: Record<string, number>) {
    this.ingest = new MemoryIngest(createChannelsService(LIMITS), this.stream).lead(this.token);
  }

  take(step: Step): void {
    const { channels } = this.ingest;
    switch (step.do) {
      case 'append':
        for (let i = 0; i < step.count; i++) this.append(step.id, i === 0 ? step.command : 'TASK');
        return;
      case 'finish':
        return this.append(step.id, 'FINISHED');
      case 'publish': {
        const seq = this.requests.get(step.producer) ?? 0;
        this.requests.set(step.producer, seq + 1);
        this.append(step.id, 'TASK');
        return channels.recordProducer(step.id, { id: step.producer, epoch: 0, seq });
      }
      case 'delete':
        return void channels.delete(step.id);
      case 'flush':
        return channels.flush();
      case 'turn':
        return void vi.advanceTimersByTime(25);
      case 'wait':
        return void vi.advanceTimersByTime(step.seconds * 1000);
      case 'away':
        this.old ??= this.copyOfStream();
        this.ingest.isAway = true;
        return;
      case 'back':
        return this.ingest.back();
      case 'rotate':
        return this.ingest.isAway ? undefined : this.ingest.rotate();
      case 'join':
        return void (this.edges.length < 4 && this.edges.push(new Edge(this.stream)));
      case 'read':
        return this.edgeOf(step.edge).read(step.count);
      case 'trim':
        // The ingest notices when it renews the lease.
        this.stream.entries = step.kept === 0 ? [] : this.stream.entries.slice(-step.kept);
        return this.ingest.renew();
      case 'empty':
        this.stream.entries = [];
        this.stream.last = START;
        return this.writeAgain();
      case 'restore':
        if (!this.old) return;
        Object.assign(this.stream, this.old);
        this.old = undefined;
        return this.writeAgain();
      case 'takeover':
        return this.takeover(this.edgeOf(step.edge), step.isSeamless);
      case 'watch':
        return this.watch(step.id, this.edgeOf(step.edge));
      case 'hop':
        return this.hop(step.client, this.edgeOf(step.edge));
    }
  }

  /** Lets every edge read everything, and compares. */
  settle(): void {
    this.ingest.channels.flush();
    this.ingest.back();
    vi.advanceTimersByTime(25);
    for (const client of this.clients)
      if (client.ended !== undefined && client.ended !== 'finished') client.connect(this.edges[0]!.channels);
    for (const each of this.edges) {
      each.read(Infinity);
      expect(each.isCaughtUp).toBe(true);
      // As two looks at the end of the stream do.
      each.channels.caughtUp();
      each.channels.caughtUp();
      expect(contents(each.channels)).toEqual(contents(this.ingest.channels));
      this.met['gaps']! += each.reader.gaps;
      this.met['messages']! += each.reader.messages;
    }
    this.met['lost']! += this.ingest.lost;
    for (const client of this.clients) {
      client.expectEndOf(this.ingest.channels.find(client.channel));
      this.met['resets']! += client.checker.resets;
      this.met['continues']! += client.checker.continued;
      if (client.ended !== undefined) this.met['ended']!++;
    }
    for (const each of [this.ingest, ...this.edges]) each.channels.onApplicationShutdown();
  }

  private append(channelId: string, first: string): void {
    const taskId = `task ${this.texts++}`;
    this.ingest.channels.append({ channelId, command: first, taskId, taskState: 'COMPLETED' });
  }

  private writeAgain(): void {
    this.ingest.isAway = false;
    this.stream.isWhole = false;
    this.ingest.acquire(++this.token);
  }

  /** The ingest is killed. An edge that has read everything leads now. */
  private takeover(next: Edge, isSeamless: boolean): void {
    if (this.edges.length === 1 || this.ingest.isAway) return;
    next.read(Infinity);
    if (!next.isCaughtUp) return;
    this.met['takeovers']!++;
    this.edges = this.edges.filter((each) => each !== next);
    this.met['lost']! += this.ingest.lost;
    this.ingest.end();
    for (const client of this.clients) if (client.isConnectedTo(this.ingest.channels)) client.cut();
    this.ingest.channels.onApplicationShutdown();
    this.stream.isWhole &&= isSeamless && !this.isShown;
    next.channels.lead(this.stream.isWhole);
    this.isShown = this.clients.some((client) => client.isConnectedTo(next.channels));
    this.ingest = new MemoryIngest(next.channels, this.stream).lead(++this.token);
  }

  private watch(channel: string, { channels }: Edge): void {
    if (this.clients.length >= 8) return;
    const client = new CheckedClient(this.seen, channel);
    this.clients.push(client);
    client.connect(channels);
  }

  /** A client connects to another edge, with its position. */
  private hop(number: number, { channels }: Edge): void {
    const client = this.clients[number % this.clients.length];
    if (!client || client.ended === 'finished') return;
    this.met['hops']!++;
    client.connect(channels);
  }

  private copyOfStream(): MemoryStream {
    return Object.assign(new MemoryStream(), { entries: [...this.stream.entries], last: this.stream.last });
  }

  private edgeOf(number: number): Edge {
    return this.edges[number % this.edges.length]!;
  }
}

/** Everything that processes share about their channels. */
function contents(channels: ChannelsService): unknown {
  const all = [...channels.all()].filter(({ retained }) => retained > 0);
  return Object.fromEntries(
    all.map((channel) => {
      const { epoch, startSeq, endSeq, finished, failed } = channel;
      const { subscribers: _subscribers, ...summary } = channel.summary();
      const { predecessors } = channel.snapshot();
      const producers = [...(channel.producers ?? [])];
      return [
        channel.id,
        {
          epoch,
          startSeq,
          endSeq,
          finished,
          failed,
          summary,
          predecessors,
          producers,
          texts: textsOf(channel),
        },
      ];
    }),
  );
}

/** The stored messages and their times. */
function textsOf(channel: Channel): string[] {
  const texts: string[] = [];
  for (let seq = channel.startSeq; seq < channel.endSeq; seq++) {
    const { bytes } = channel.readStored(seq);
    const end = channel.context.storedEncoder.endOf(bytes, 0);
    texts.push(`${channel.timeOf(seq)} ${bytes.toString('latin1', 0, end)}`);
  }
  return texts;
}
