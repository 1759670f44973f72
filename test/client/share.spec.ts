import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorizer } from '../../client/authorizer.js';
import { ProgressStream, type WatchOptions } from '../../client/client.js';
import { createLiveness } from '../../client/liveness.js';
import { shareConnection } from '../../client/shared-connector.js';
import { sseTransport } from '../../client/sse-transport.js';
import { FakeSocket } from '../fixtures/client/fake-socket.js';
import { advance } from '../fixtures/client/fake-streams.js';
import { FakeTabs } from '../fixtures/client/fake-tabs.js';
import { ModelServer } from '../fixtures/client/model-server.js';

const PARTS = { sseTransport, authorizer, createLiveness, share: shareConnection };

let tabs: FakeTabs;
let server: ModelServer;
let opened: FollowingTab[];

/** A stream of one tab, with the numbers of the messages since the last reset. */
class FollowingTab {
  readonly stream: ProgressStream;
  seen: string[] = [];
  /** What the messages contain, each something else. */
  contents: string[] = [];

  constructor(options: WatchOptions = {}) {
    const network = { WebSocket: server.WebSocket, fetch: server.fetch };
    this.stream = new ProgressStream(
      'http://host/channels/j',
      { ...network, transport: 'websocket', share: true, random: () => 0.5, ...options },
      () => Promise.resolve(PARTS),
    );
    this.stream.addEventListener('message', ({ detail }) => {
      this.seen.push(detail.id);
      this.contents.push(detail.time);
    });
    this.stream.addEventListener('reset', () => {
      this.seen = [];
      this.contents = [];
    });
    opened.push(this);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  reset();
});

afterEach(async () => {
  await closeAll();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function reset(): void {
  FakeSocket.all = [];
  opened = [];
  tabs = new FakeTabs();
  tabs.install();
  server = new ModelServer();
}

async function closeAll(): Promise<void> {
  for (const { stream } of opened) stream.close();
  // Each tab passes the lock on in a later turn. On a busy machine, one turn was not always enough.
  for (let turn = 0; turn < 20; turn++) await advance(0);
  expect([vi.getTimerCount(), tabs.channels.size, server.openLines.length]).toEqual([0, 0, 0]);
}

/** Opens tabs, and lets them connect. */
async function open(count: number, options?: WatchOptions): Promise<FollowingTab[]> {
  const added = Array.from({ length: count }, () => new FollowingTab(options));
  await settle();
  return added;
}

/** Lets the server accept everything and the tabs talk, without a timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await advance(0);
    server.accept();
    await advance(0);
  }
}

const states = (): string[] => opened.map(({ stream }) => stream.state);
const positions = (): (string | undefined)[] => opened.map(({ stream }) => stream.position);

describe('tabs that share', () => {
  it('use one connection, and each gets all messages', async () => {
    await open(3);
    server.publish(2);
    await settle();
    server.publish(1);
    await settle();
    expect(opened.map(({ seen }) => seen)).toEqual(Array.from({ length: 3 }, () => ['1-1', '1-2', '1-3']));
    expect([states(), server.lines.length]).toEqual([['live', 'live', 'live'], 1]);
  });

  it('fetch what they have missed over a connection that they close again', async () => {
    await open(1);
    server.publish(3);
    const [late] = await open(1);
    expect([late!.seen, late!.stream.state]).toEqual([['1-1', '1-2', '1-3'], 'live']);
    expect([server.lines.length, server.openLines.length]).toEqual([2, 1]);
    server.publish(1);
    await settle();
    expect(positions()).toEqual(['1-4', '1-4']);
  });

  it('lose and repeat nothing that comes while a tab fetches what it has missed', async () => {
    await open(1);
    server.publish(3);
    const [late] = await open(0).then(() => [new FollowingTab()]);
    await advance(0);
    // The connection of the late tab is not accepted yet.
    server.publish(2);
    await settle();
    server.publish(1);
    await settle();
    expect(late!.seen).toEqual(['1-1', '1-2', '1-3', '1-4', '1-5', '1-6']);
    expect(server.openLines).toHaveLength(1);
  });

  it('end together when the job is finished', async () => {
    await open(2);
    server.publish(1, 'FINISHED');
    server.close(1000, 'finished');
    await settle();
    expect(opened.map(({ stream }) => stream.end)).toEqual([{ reason: 'finished' }, { reason: 'finished' }]);
  });

  it('hear the heartbeats of the leader', async () => {
    await open(2);
    for (let beat = 0; beat < 10; beat++) {
      await advance(20_000);
      server.line!.heartbeat();
      await advance(0);
    }
    expect([states(), server.lines.length]).toEqual([['live', 'live'], 1]);
  });
});

describe('another tab leads', () => {
  it('after the leader is closed, without a loss', async () => {
    const [leader] = await open(3);
    server.publish(2);
    await settle();
    leader!.stream.close();
    server.publish(1);
    await settle();
    expect(opened[1]!.stream).toMatchObject({ state: 'waiting', lostReason: 'leader' });
    await advance(500);
    await settle();
    expect([states(), server.openLines.length]).toEqual([['ended', 'live', 'live'], 1]);
    expect(opened.slice(1).map(({ seen }) => seen)).toEqual([
      ['1-1', '1-2', '1-3'],
      ['1-1', '1-2', '1-3'],
    ]);
  });

  it('after the connection is lost, which all tabs see with its reason', async () => {
    await open(3);
    server.publish(1);
    server.close(1012, 'restart');
    await settle();
    expect(opened.map(({ stream }) => stream.lostReason)).toEqual(['restart', 'restart', 'restart']);
    await advance(500);
    await settle();
    expect([states(), server.openLines.length]).toEqual([['live', 'live', 'live'], 1]);
  });

  it('after the leader is frozen, and the leader follows when it is back', async () => {
    await open(2);
    server.publish(1);
    await settle();
    const frozen = tabs.leader!;
    frozen.frozen = true;
    for (let seconds = 0; seconds < 12; seconds++) {
      await advance(1000);
      await settle();
    }
    expect(tabs.leader).not.toBe(frozen);
    server.publish(1);
    await settle();
    expect([states(), positions(), server.openLines.length]).toEqual([['live', 'live'], ['1-2', '1-2'], 1]);
  });

  it('after its page is hidden for the back button', async () => {
    const window = new EventTarget();
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    await open(1);
    window.dispatchEvent(new Event('pagehide'));
    await advance(0);
    expect([opened[0]!.stream.state, server.openLines.length, tabs.channels.size]).toEqual(['waiting', 0, 0]);
  });

  it('after the token of the leader is refused, with its own token', async () => {
    const [first, second] = ['e30.1.-_', 'e30.2.-_'] as const;
    const leader = new FollowingTab({ token: first });
    await advance(0);
    const follower = new FollowingTab({ token: () => second });
    await settle();
    server.line!.close(1008, 'token');
    await settle();
    expect(leader.stream.end).toEqual({ reason: 'refused', detail: 'token' });
    await advance(500);
    await settle();
    expect(follower.stream.state).toBe('live');
    expect(FakeSocket.last.protocols.at(-1)).toBe(`token.${second}`);
  });
});

describe('a tab has its own connection', () => {
  it.each<[string, () => void]>([
    ['Web Locks are missing', () => vi.stubGlobal('navigator', {})],
    ['BroadcastChannel is missing', () => vi.stubGlobal('BroadcastChannel', undefined)],
    [
      'BroadcastChannel is forbidden',
      () =>
        vi.stubGlobal(
          'BroadcastChannel',
          class {
            constructor() {
              throw new DOMException('no', 'SecurityError');
            }
          },
        ),
    ],
    ['Web Locks are forbidden', () => (tabs.locks.failure = new DOMException('no', 'SecurityError'))],
  ])('if %s', async (_why, prepare) => {
    prepare();
    await open(2);
    server.publish(1);
    await settle();
    expect([states(), positions(), server.openLines.length]).toEqual([['live', 'live'], ['1-1', '1-1'], 2]);
  });

  it('without the option', async () => {
    await open(2, { share: false });
    expect([server.openLines.length, tabs.channels.size]).toEqual([2, 0]);
  });
});

/** What can happen to tabs that share, by its name. The number chooses a tab, a connection or a duration. */
const EVENTS: Record<string, (number: number) => unknown> = {
  accept: () => server.accept(),
  publish: (number) => server.publish(1 + (number % 3)),
  open: () => opened.length < 6 && new FollowingTab(),
  close: (number) => opened[number % opened.length]?.stream.close(),
  cut: () => server.close(1006, ''),
  cutOne: (number) => server.openLines[number % server.openLines.length]?.close(1013, 'slow'),
  restart: () => server.restart(),
  recover: (number) => server.recover(number % 3),
  trim: (number) => server.trim(number % 4),
  freeze: () => tabs.leader && (tabs.leader.frozen = true),
  thaw: () => tabs.channels.forEach((channel) => (channel.frozen = false)),
  heartbeat: () => server.openLines.filter(({ isOpen }) => isOpen).forEach((line) => line.heartbeat()),
  pass: (number) => advance(number * 200),
  wait: (number) => advance(number * 1000),
};

/** Histories in which a broadcast is lost: the question of a new tab, and a message. */
const LOST_BROADCASTS: [[string, number][]][] = [
  [
    [
      ['freeze', 0],
      ['open', 0],
    ],
  ],
  [
    [
      ['publish', 0],
      ['freeze', 0],
      ['publish', 0],
    ],
  ],
];

it('tabs that share lose and repeat nothing, whatever happens', async () => {
  const weights = { accept: 6, publish: 4, pass: 3 };
  const event = fc.oneof(
    ...Object.keys(EVENTS).map((name) => ({
      weight: weights[name as 'accept'] ?? 1,
      arbitrary: fc.constant(name),
    })),
  );
  const history = fc.array(fc.tuple(event, fc.nat(20)), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(history, async (events) => {
      reset();
      try {
        await open(2);
        for (const [name, number] of events) {
          await EVENTS[name]!(number);
          await advance(0);
        }
        await finish();
      } finally {
        for (const { stream } of opened) stream.close();
        vi.clearAllTimers();
      }
    }),
    { numRuns: 150, examples: LOST_BROADCASTS },
  );
}, 60_000);

/** Lets the job finish, and each tab that is open get everything. */
async function finish(): Promise<void> {
  for (const channel of tabs.channels) channel.frozen = false;
  for (let turn = 0; turn < 60; turn++) {
    server.accept();
    // Without heartbeats, the connection counts as silent after a while.
    EVENTS['heartbeat']!(0);
    await advance(2000);
  }
  const following = opened.filter(({ stream }) => !stream.end);
  expect(following.map(({ stream }) => stream.state)).toEqual(following.map(() => 'live'));
  server.publish(1, 'FINISHED');
  await advance(0);
  expect(server.openLines.length).toBeLessThanOrEqual(1);
  const retained = server.log.map(({ time }) => time);
  for (const { contents } of following) {
    expect(new Set(contents).size).toBe(contents.length);
    expect(contents.slice(-retained.length)).toEqual(retained.slice(-contents.length));
  }
  await closeAll();
}
