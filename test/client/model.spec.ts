import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressStream, type Item, type ProgressMessage } from '../../client/client.js';
import * as laterParts from '../../client/later-parts.js';
import type { StreamParts } from '../../client/stream-parts.js';
import { TRANSITIONS, type ConnectionEvent, type StreamState } from '../../client/transitions.js';
import { CONNECTION_EVENTS } from '../fixtures/client/connection-events.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance } from '../fixtures/client/fake-streams.js';
import { ModelServer, seqOf } from '../fixtures/client/model-server.js';

type Action = readonly [name: keyof typeof ACTIONS, amount: number];

/** What can happen, by its name. The amount is between 1 and 9. */
const ACTIONS = {
  accept: () => run.server.accept(),
  publish: (amount: number) => run.server.publish(amount),
  repeat: (amount: number) => run.server.repeat(amount),
  skip: () => run.server.skip(),
  garbage: () => run.server.line?.isOpen && run.server.line.sendText('data: [{"id":7}]\n\n'),
  heartbeat: () => run.server.line?.isOpen && run.server.line.heartbeat(),
  trim: (amount: number) => run.server.trim(amount),
  restart: () => run.server.restart(),
  recover: (amount: number) => run.server.recover(amount - 1),
  cut: () => run.server.close(1006, ''),
  slow: () => run.server.close(1013, 'slow'),
  idle: () => run.server.close(1000, 'idle'),
  online: () => window.dispatchEvent(new Event('online')),
  focus: () => window.dispatchEvent(new Event('focus')),
  shown: () => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })),
  pass: (amount: number) => advance(amount * 100),
  wait: (amount: number) => advance(amount * 10_000),
  sleep: (amount: number) => void vi.setSystemTime(Date.now() + amount * 60_000),
  close: () => run.stream.close(),
  /** The chunk of the package arrives, or can't be loaded. */
  chunk: (amount: number) => run.settleChunk(amount > 4),
};

/** Ends the stream. */
const RARE = ['idle', 'close'];

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom<Action[0][]>('accept') },
      { weight: 4, arbitrary: fc.constantFrom<Action[0][]>('publish', 'pass') },
      { weight: 12, arbitrary: fc.constantFrom(...names((name) => !RARE.includes(name))) },
      { weight: 1, arbitrary: fc.constantFrom(...names((name) => RARE.includes(name))) },
    ),
    fc.integer({ min: 1, max: 9 }),
  ),
  { maxLength: 60 },
);

let window: EventTarget;
let run: ModelRun;

beforeEach(() => {
  vi.useFakeTimers();
  window = new EventTarget();
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe.each(['websocket', 'sse', 'auto'] as const)('a stream with transport %s', (transport) => {
  describe.each(['loop', 'listeners'] as const)('keeps all invariants, read with %s', (reading) => {
    it.each(['there', 'late'] as const)('and with a chunk that is %s', async (chunk) => {
      await fc.assert(
        fc.asyncProperty(actions, fc.double({ min: 0, max: 1, noNaN: true }), async (sequence, random) => {
          run = await ModelRun.start({ transport, reading, random, chunk });
          try {
            for (const [name, amount] of sequence) {
              await ACTIONS[name](amount);
              await advance(0);
              run.check();
            }
            await run.finish();
          } finally {
            run.stream.close();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
});

function names(filter: (name: string) => boolean): Action[0][] {
  return (Object.keys(ACTIONS) as Action[0][]).filter(filter);
}

interface ModelOptions {
  readonly transport: 'websocket' | 'sse' | 'auto';
  readonly reading: 'loop' | 'listeners';
  readonly random: number;
  /** `late`: the stream gets the chunk by the action `chunk`, or at the end. */
  readonly chunk: 'there' | 'late';
}

/** One stream on one server, with what the user of the stream has seen. */
class ModelRun {
  readonly server = new ModelServer();
  readonly stream: ProgressStream;
  /** The messages since the last reset. */
  private list: ProgressMessage[] = [];
  private mayStartLate = false;
  private state: StreamState = 'connecting';
  private ends = 0;
  private readonly problems: string[] = [];

  /** Requests of the chunk that have no answer. */
  private chunkRequests: ((isLoaded: boolean) => void)[] = [];

  private constructor({ transport, reading, random, chunk }: ModelOptions) {
    const { WebSocket, fetch } = this.server;
    const load = (): Promise<StreamParts> => {
      const request = new Promise<boolean>((resolve) => this.chunkRequests.push(resolve));
      if (chunk === 'there') this.settleChunk(true);
      return request.then((isLoaded) => (isLoaded ? laterParts : Promise.reject(new TypeError('no chunk'))));
    };
    const options = { transport, WebSocket, fetch, random: () => random };
    this.stream = new ProgressStream('http://host/channels/j', options, load);
    if (reading === 'loop') void this.loop();
    else this.listen();
    this.stream.addEventListener('state', ({ detail }) => this.enter(detail));
    this.stream.addEventListener('end', () => this.ends++);
  }

  static async start(options: ModelOptions): Promise<ModelRun> {
    FakeSocket.all = [];
    const started = new ModelRun(options);
    await advance(0);
    return started;
  }

  settleChunk(isLoaded: boolean): void {
    for (const settle of this.chunkRequests.splice(0)) settle(isLoaded);
  }

  /** Checks what must hold after each event. */
  check(): void {
    const { stream, server, problems } = this;
    const { state, end, retryAt } = stream;
    if (server.openLines.length > 1) problems.push(`${server.openLines.length} connections`);
    if ((state === 'ended') !== (end !== undefined)) problems.push(`${state} with the end ${end?.reason}`);
    if ((state === 'waiting') !== (retryAt !== undefined)) problems.push(`${state} with retryAt ${retryAt}`);
    if (state === 'live' && !server.line?.isOpen) problems.push('live without a connection');
    if (state === 'ended' && server.openLines.length > 0) problems.push('ended with a connection');
    if (state === 'ended' && vi.getTimerCount() > 0) problems.push(`ended with ${vi.getTimerCount()} timers`);
    if (this.ends !== (end ? 1 : 0)) problems.push(`${this.ends} ends`);
    expect(problems).toEqual([]);
  }

  /** Lets the job finish and the client get everything. */
  async finish(): Promise<void> {
    const wasOver = this.stream.end !== undefined;
    this.server.publish(1, 'FINISHED');
    for (let attempt = 0; !this.stream.end && attempt < 20; attempt++) {
      this.settleChunk(true);
      await advance(0);
      this.server.accept();
      await advance(0);
      if (this.server.line?.isOpen) this.server.close(1000, 'finished');
      await advance(30_000);
    }
    await advance(0);
    this.check();
    if (wasOver) return;
    expect(this.stream.end).toEqual({ reason: 'finished' });
    const first = this.list[0];
    const retained = this.server.log.filter((message) => seqOf(message) >= (first ? seqOf(first) : 0));
    // Messages that the server has trimmed since then come before.
    const received = this.list.slice(this.list.length - retained.length);
    expect(received.map(({ time }) => time)).toEqual(retained.map(({ time }) => time));
  }

  private async loop(): Promise<void> {
    for await (const item of this.stream) this.take(item);
  }

  private listen(): void {
    this.stream.addEventListener('message', ({ detail }) => this.take(detail));
    this.stream.addEventListener('reset', ({ detail }) => this.take({ reset: detail }));
    this.stream.addEventListener('continue', ({ detail }) => this.take(detail));
  }

  private take(item: Item): void {
    if (this.stream.end?.reason === 'closed') this.problems.push('an item after the close');
    if ('reset' in item) {
      this.list = [];
      this.mayStartLate = true;
      return;
    }
    const last = this.list.at(-1);
    if ('continues' in item) {
      // The numbers go on under the new epoch.
      if (last) this.list[this.list.length - 1] = { ...last, id: `${item.epoch}-${seqOf(last)}` };
      return;
    }
    this.list.push(item);
    const expected = last ? `${last.id.split('-')[0]}-${seqOf(last) + 1}` : undefined;
    if (expected !== undefined && item.id !== expected) this.problems.push(`${item.id} after ${last!.id}`);
    if (!last && !this.mayStartLate && seqOf(item) !== 1) this.problems.push(`${item.id} came first`);
  }

  private enter(state: StreamState): void {
    const events = TRANSITIONS[this.state];
    // The first state is reported when the first attempt starts.
    const isFirst = state === 'connecting' && this.server.lines.length === 0;
    const isAllowed = isFirst || Object.values<StreamState | undefined>(events).includes(state);
    if (!isAllowed) this.problems.push(`${state} after ${this.state}`);
    this.state = state;
  }
}

describe('each transition of the table', () => {
  const STATES = Object.keys(TRANSITIONS) as StreamState[];

  it.each(STATES.flatMap((state) => CONNECTION_EVENTS.map((event) => [state, event] as const)))(
    'of a stream that is %s: %s',
    async (state, event) => {
      run = await ModelRun.start({ transport: 'websocket', reading: 'listeners', random: 1, chunk: 'there' });
      if (state !== 'connecting') run.server.accept();
      if (state === 'waiting') run.server.close(1012, '');
      if (state === 'ended') run.stream.close();
      await advance(0);
      expect(run.stream.state).toBe(state);
      const connections = run.server.lines.length;
      await cause(event);
      const next = TRANSITIONS[state][event];
      expect(run.stream.state).toBe(next ?? state);
      expect(run.server.lines.length - connections).toBe(next === 'connecting' ? 1 : 0);
      run.check();
      run.stream.close();
    },
  );

  async function cause(event: ConnectionEvent): Promise<void> {
    const socket = FakeSocket.last;
    if (event === 'opened' && run.stream.state === 'connecting') run.server.accept();
    else if (event === 'opened') socket.open('recodex.v2');
    if (event === 'lost') socket.end(1013);
    if (event === 'due') await advance(1000);
    if (event === 'woken') window.dispatchEvent(new Event('online'));
    if (event === 'ended') socket.end(1000);
    if (event === 'ended' && run.stream.state === 'waiting') run.stream.close();
    await advance(0);
  }
});
