import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../fixtures/built-daemon.js';
import { ChaosDaemon } from '../chaos-daemon.js';
import { ChaosLink } from './chaos-link.js';
import { ChaosRedis } from './chaos-redis.js';
import { ServiceAddress } from './service-address.js';

const INGESTS = 2;
const EDGES = 3;
/** Bytes that wait for Redis while everything is fine, at most. */
const BUSY_BYTES = 10_000;
const POLL_MS = 50;
/** Milliseconds that all processes may take until each has what the others have. */
const SETTLE_TIMEOUT_MS = 40_000;
/** The exit code of a process that has lost the lease. */
const LEASE_LOST_CODE = 75;

/** A process, and its link to Redis. */
export interface RelayMember {
  readonly name: string;
  readonly daemon: ChaosDaemon;
  readonly link: ChaosLink;
}

/** The part `relay` of `/health/ready`. */
interface RelayHealth {
  readonly state: string;
  readonly stale: boolean;
  readonly buffer_bytes: number;
}

/** Ingests, edges and a Redis. */
export class RelayCluster {
  private constructor(
    readonly redis: ChaosRedis,
    readonly ingests: readonly RelayMember[],
    readonly edges: readonly RelayMember[],
    private readonly service: ServiceAddress,
  ) {}

  /**
   * @param env settings of all processes, as environment variables
   * @param logs an existing folder for the logs of all processes
   */
  static async start(env: Readonly<Record<string, string>>, logs?: string): Promise<RelayCluster> {
    const redis = new ChaosRedis((await freePorts()).websocket);
    await redis.start();
    const member = async (role: 'ingest' | 'edge', number: number): Promise<RelayMember> => {
      const link = await ChaosLink.start(redis.port);
      const relay = { RECODEX_MONITOR_RELAY_URL: link.url, RECODEX_MONITOR_RELAY_ROLE: role };
      const name = `${role} ${number + 1}`;
      const log = logs === undefined ? {} : { RECODEX_MONITOR_LOGGER_FILE: join(logs, `${name}.log`) };
      const daemon = await ChaosDaemon.install(false, { ...env, ...relay, ...log }, LEASE_LOST_CODE);
      return { name, daemon, link };
    };
    const members = (role: 'ingest' | 'edge', count: number): Promise<RelayMember[]> =>
      Promise.all(Array.from({ length: count }, (_, number) => member(role, number)));
    const ingests = await members('ingest', INGESTS);
    const edges = await members('edge', EDGES);
    const service = await ServiceAddress.start(ingests.map(({ daemon }) => daemon.ports.zeromq));
    const cluster = new RelayCluster(redis, ingests, edges, service);
    for (const { daemon } of cluster.members) daemon.launch();
    await cluster.settle();
    return cluster;
  }

  get members(): readonly RelayMember[] {
    return [...this.ingests, ...this.edges];
  }

  /** Where brokers connect to. */
  get endpoint(): string {
    return `tcp://127.0.0.1:${this.service.port}`;
  }

  get memory(): number {
    return Math.max(...this.members.map(({ daemon }) => daemon.memory));
  }

  /** The ingest that takes messages; any ingest while none does. */
  async leader(): Promise<RelayMember> {
    for (const member of this.ingests) if (await this.leads(member)) return member;
    return this.ingests[0]!;
  }

  /** Resolves when one ingest leads, and each process has what it has written. Resolves with the milliseconds. */
  async settle(): Promise<number> {
    const start = performance.now();
    for (;;) {
      const states = await Promise.all(this.members.map(healthOf));
      const isLed = states.filter((health) => health?.state === 'leading').length === 1;
      if (isLed && states.every(isSettled)) return Math.round(performance.now() - start);
      if (performance.now() - start > SETTLE_TIMEOUT_MS)
        throw new Error(`The processes do not agree: ${JSON.stringify(states)}`);
      await sleep(POLL_MS);
    }
  }

  /** How the channels of the edges differ from those of the ingest that takes messages. */
  async differences(): Promise<string[]> {
    const leader = await this.leader();
    const expected = await summariesOf(leader);
    const found: string[] = [];
    for (const edge of this.edges) {
      const summaries = await summariesOf(edge);
      for (const id of new Set([...expected.keys(), ...summaries.keys()]))
        if (expected.get(id) !== summaries.get(id))
          found.push(`${edge.name}: ${summaries.get(id)}, ${leader.name}: ${expected.get(id)}`);
    }
    return found;
  }

  async remove(): Promise<void> {
    this.service.close();
    for (const { link } of this.members) link.close();
    await Promise.all(this.members.map(({ daemon }) => daemon.remove()));
    await this.redis.remove();
  }

  private async leads({ daemon }: RelayMember): Promise<boolean> {
    return daemon.request('/health/ingest').then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

async function healthOf({ daemon }: RelayMember): Promise<RelayHealth | undefined> {
  try {
    const response = await daemon.request('/health/ready');
    const { details } = (await response.json()) as { details: { relay: RelayHealth } };
    return response.ok ? details.relay : undefined;
  } catch {
    return undefined;
  }
}

function isSettled(health: RelayHealth | undefined): boolean {
  return health !== undefined && !health.stale && health.buffer_bytes <= BUSY_BYTES;
}

/** The summaries by channel, without what depends on the process. */
async function summariesOf({ daemon }: RelayMember): Promise<Map<string, string>> {
  const response = await daemon.request('/channels?limit=1000');
  const { channels } = (await response.json()) as { channels: { id: string; messages: number }[] };
  // Clients may wait for a channel on one edge.
  const written = channels.filter(({ messages }) => messages > 0);
  return new Map(
    written.map((summary) => [summary.id, JSON.stringify({ ...summary, subscribers: undefined })]),
  );
}
