import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorAction } from '../operator-actions.js';
import type { SeededRandom } from '../seeded-random.js';
import type { LinkState } from './chaos-link.js';
import type { RelayCluster, RelayMember } from './relay-cluster.js';

/** Something bad that happens to a relay. */
export interface RelayFault {
  readonly name: string;
  /** `away`: Redis keeps its data. `data`: it loses some. */
  readonly harms: 'ingest' | 'edge' | 'away' | 'data';
  /** How often the fault is chosen, compared with the others. */
  readonly weight: number;
  /** Resolves when the fault is over. The processes may then still recover. */
  readonly run: (cluster: RelayCluster, random: SeededRandom) => Promise<void>;
}

/** Milliseconds that a process is away. */
const MAX_AWAY_MS = 1500;
const MAX_STOPPED_MS = 6000;
const MIN_STOPPED_MS = 500;
/** The share of the faults of ingests that hit the one that takes messages. */
const LEADER_SHARE = 0.75;

/** What is lost when a fault of an ingest and a fault of Redis come together. */
export function combinedLoss(faults: readonly RelayFault[]): OperatorAction['loss'] {
  const harms = new Set(faults.map((fault) => fault.harms));
  if (!harms.has('ingest')) return 'none';
  return harms.has('data') ? 'crash' : 'handover';
}

export const RELAY_FAULTS: readonly RelayFault[] = [
  {
    name: 'kill -9 of an ingest',
    harms: 'ingest',
    weight: 3,
    run: async (cluster, random) => killAndStart(await ingestOf(cluster, random), random),
  },
  {
    name: 'stop of an ingest',
    harms: 'ingest',
    weight: 3,
    run: async (cluster, random) => {
      const { daemon } = await ingestOf(cluster, random);
      await daemon.end('SIGTERM');
      await sleep(random.between(0, MAX_AWAY_MS));
      daemon.launch();
    },
  },
  {
    name: 'pause of an ingest',
    harms: 'ingest',
    weight: 2,
    run: async (cluster, random) => pause((await ingestOf(cluster, random)).daemon, random),
  },
  ...(['cut', 'silent', 'mute', 'slow'] as const).map((state): RelayFault => ({
    name: `${state} link of an ingest`,
    harms: 'ingest',
    weight: 1,
    run: async (cluster, random) => breakLink(await ingestOf(cluster, random), state, random),
  })),
  {
    name: 'kill -9 of an edge',
    harms: 'edge',
    weight: 2,
    run: (cluster, random) => killAndStart(random.pick(cluster.edges), random),
  },
  {
    name: 'stop of an edge',
    harms: 'edge',
    weight: 1,
    run: async (cluster, random) => {
      const { daemon } = random.pick(cluster.edges);
      await daemon.end('SIGTERM');
      await sleep(random.between(0, MAX_AWAY_MS));
      daemon.launch();
    },
  },
  {
    name: 'pause of an edge',
    harms: 'edge',
    weight: 1,
    run: (cluster, random) => pause(random.pick(cluster.edges).daemon, random),
  },
  ...(['cut', 'silent', 'mute', 'slow'] as const).map((state): RelayFault => ({
    name: `${state} link of an edge`,
    harms: 'edge',
    weight: 1,
    run: (cluster, random) => breakLink(random.pick(cluster.edges), state, random),
  })),
  {
    name: 'pause of Redis',
    harms: 'away',
    weight: 3,
    run: ({ redis }, random) => pause(redis, random),
  },
  {
    name: 'CLIENT KILL',
    harms: 'away',
    weight: 1,
    run: async ({ redis }) => void (await redis.command('client', 'kill', 'type', 'normal')),
  },
  {
    name: 'Redis restarted with its data',
    harms: 'data',
    weight: 2,
    run: ({ redis }, random) => restartRedis(redis, random, () => {}),
  },
  {
    name: 'Redis restarted without data',
    harms: 'data',
    weight: 2,
    run: ({ redis }, random) => restartRedis(redis, random, () => redis.forget()),
  },
  {
    name: 'Redis restored from an old dump',
    harms: 'data',
    weight: 2,
    run: async ({ redis }, random) => {
      await restartRedis(redis, random, () => redis.restore());
      await redis.backUp();
    },
  },
  {
    name: 'FLUSHALL',
    harms: 'data',
    weight: 2,
    run: async ({ redis }) => void (await redis.command('flushall')),
  },
];

/** Chooses a fault by weight. */
export function chooseFault(random: SeededRandom, faults: readonly RelayFault[]): RelayFault {
  return random.pick(faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault)));
}

async function ingestOf(cluster: RelayCluster, random: SeededRandom): Promise<RelayMember> {
  const leader = await cluster.leader();
  if (random.next() < LEADER_SHARE) return leader;
  return cluster.ingests.find((member) => member !== leader)!;
}

async function killAndStart({ daemon }: RelayMember, random: SeededRandom): Promise<void> {
  await daemon.end('SIGKILL');
  await sleep(random.between(0, MAX_AWAY_MS));
  daemon.launch();
}

async function pause(
  process: { signal: (signal: 'SIGSTOP' | 'SIGCONT') => void },
  random: SeededRandom,
): Promise<void> {
  process.signal('SIGSTOP');
  await sleep(random.between(MIN_STOPPED_MS, MAX_STOPPED_MS));
  process.signal('SIGCONT');
}

async function breakLink({ link }: RelayMember, state: LinkState, random: SeededRandom): Promise<void> {
  link.change(state);
  await sleep(random.between(MIN_STOPPED_MS, MAX_STOPPED_MS));
  link.change('open');
}

async function restartRedis(
  redis: RelayCluster['redis'],
  random: SeededRandom,
  change: () => void,
): Promise<void> {
  await redis.kill();
  change();
  await sleep(random.between(0, MAX_AWAY_MS));
  await redis.start();
}
