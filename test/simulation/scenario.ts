import type { Settings } from '../../src/config/settings.js';
import type { WriterBounds } from '../../src/journal/journal-writer.js';
import type { DiskLoss } from './memory-disk.js';
import { randomFor, type Random } from './random.js';
import { createBounds, createNetwork, createSettings } from './scenario-settings.js';
import type { Step, StepAction } from './step.js';

/** Everything that a seed decides before the run. */
export interface Scenario {
  readonly seed: number;
  readonly settings: Settings;
  /** Bytes from which a socket of the monitor is full. */
  readonly highWaterMark: number;
  /** The bounds of the journal. `undefined`: the monitor has no journal. */
  readonly journal: WriterBounds | undefined;
  readonly steps: readonly Step[];
}

/** The part of the random numbers from which scenarios are made. */
const SCENARIO_PART = 1;

const CHANNELS = ['A', 'B', 'C'];

/** Weights of the actions. */
const ACTIONS = {
  join: 22,
  publish: 40,
  burst: 1,
  'last moment': 2,
  'last words': 1,
  'fall behind': 1,
  finish: 5,
  'repeat FINISHED': 2,
  leave: 4,
  cut: 6,
  'cut after': 5,
  'half-open': 3,
  'read slowly': 5,
  'read again': 4,
  stop: 4,
  crash: 4,
  'broker restart': 2,
  sleep: 1,
  wake: 2,
  'last moment after a message': 0,
};

type Weights = typeof ACTIONS;

/** Other weights of the actions, so that related actions meet in one scenario. */
const THEMES: readonly Partial<Weights>[] = [
  {},
  {},
  { burst: 12, 'last moment': 25, cut: 1, 'cut after': 1, 'half-open': 0, 'read slowly': 1, sleep: 0 },
  {
    burst: 6,
    'last moment after a message': 40,
    join: 40,
    publish: 10,
    cut: 1,
    'cut after': 1,
    'half-open': 0,
    crash: 1,
    stop: 1,
    sleep: 0,
  },
  { stop: 15, crash: 10 },
  { 'last words': 25, join: 40, publish: 60, sleep: 0 },
  { 'fall behind': 25, publish: 10, wake: 20, 'read again': 20, 'read slowly': 0, sleep: 0 },
  { 'read slowly': 20, 'read again': 15, publish: 60 },
];

/** Makes a scenario. The same seed makes the same scenario. */
export function createScenario(seed: number): Scenario {
  const random = randomFor(seed, SCENARIO_PART);
  const settings = createSettings(random);
  const highWaterMark = random.pick([64, 256, 1024]);
  const journal = random.chance(0.5) ? createBounds(random) : undefined;
  return { seed, settings, highWaterMark, journal, steps: createSteps(random) };
}

function createSteps(random: Random): Step[] {
  const steps: Step[] = [];
  const weights = { ...ACTIONS, ...random.pick(THEMES) };
  const channels = CHANNELS.slice(0, random.int(1, CHANNELS.length));
  let at = 0;
  let watchers = 0;
  for (let count = random.int(6, 45); count > 0; count--) {
    at += gap(random);
    const action = createAction(random, weights, channels, watchers);
    if (action.do === 'join') watchers++;
    steps.push({ at, ...action });
  }
  return steps;
}

function createAction(
  random: Random,
  weights: Weights,
  channels: readonly string[],
  watchers: number,
): StepAction {
  const name = watchers === 0 && random.chance(0.5) ? 'join' : random.weighted(weights);
  const channel = random.pick(channels);
  const watcher = random.int(0, Math.max(0, watchers - 1));
  switch (name) {
    case 'join':
      return createJoin(random, channel, watchers);
    case 'publish':
      return { do: name, channel, count: random.chance(0.2) ? random.int(5, 30) : random.int(1, 4) };
    case 'burst':
      return { do: name, channel, batches: random.int(2, 4) };
    case 'last moment':
    case 'last moment after a message':
      return {
        do: 'last moment',
        channel,
        other: random.pick(CHANNELS),
        early: random.int(-8, 25),
        afterMessage: name !== 'last moment',
      };
    case 'half-open':
      return { do: name, watcher, direction: random.pick(['both', 'to client', 'to monitor']) };
    case 'cut after':
      return { do: name, watcher, bytes: random.int(0, 600) };
    case 'last words':
      return { do: name, channel, after: random.int(0, 15), ...down(random), loss: createLoss(random) };
    case 'fall behind':
      return { do: name, watcher, count: random.int(10, 60) };
    case 'stop':
    case 'broker restart':
      return { do: name, ...down(random) };
    case 'crash':
      return { do: name, ...down(random), loss: createLoss(random) };
    case 'sleep':
      return { do: name, milliseconds: random.int(500, 150_000) };
    case 'wake':
      return { do: name, event: random.pick(['online', 'focus']) };
    case 'finish':
    case 'repeat FINISHED':
      return { do: name, channel };
    case 'leave':
    case 'cut':
    case 'read slowly':
    case 'read again':
      return { do: name, watcher };
  }
}

function createJoin(random: Random, channel: string, watcher: number): StepAction {
  const client = random.weighted({
    auto: 40,
    websocket: 15,
    sse: 15,
    legacy: 20,
    binary: 1,
    silent: 1,
    empty: 1,
    oversize: 1,
    flood: 1,
  });
  const from = random.weighted({ start: 14, other: 3, beyond: 1.5, edge: 1.5, garbage: 0.5, invalid: 0.5 });
  return {
    do: 'join',
    watcher,
    channel,
    client,
    loop: random.chance(0.5),
    from: from === 'other' ? random.int(0, Math.max(0, watcher - 1)) : from,
    network: createNetwork(random),
  };
}

/** How long a process is away. */
function down(random: Random): { down: number } {
  return { down: random.chance(0.7) ? random.int(1, 300) : random.int(300, 20_000) };
}

function createLoss(random: Random): DiskLoss {
  return random.pick(['kill', 'power']);
}

/** Milliseconds between two steps. */
function gap(random: Random): number {
  const kind = random.weighted({ none: 15, turn: 25, short: 35, seconds: 22, minute: 3 });
  const longest = { none: 0, turn: 3, short: 100, seconds: 5000, minute: 60_000 }[kind];
  return Math.round(random.next() * longest * 10) / 10;
}
