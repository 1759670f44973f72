import { LoadProcess } from '../load-process.js';
import { monitorSettings, type MonitorServer, startMonitor } from './ours.js';
import { RedisServer } from './redis-server.js';
import { unusedPorts } from './unused-ports.js';

/** `relay.stream` of all processes. */
export const STREAM = 'recodex:progress';

/** A Redis, and the processes that share channels through it. */
export class RelayGroup {
  readonly ingests: MonitorServer[] = [];
  readonly edges: MonitorServer[] = [];

  private constructor(readonly redis: RedisServer) {}

  /** Starts one after the other: the first ingest takes the messages. */
  static async start(sizes: { ingests?: number; edges: number }): Promise<RelayGroup> {
    const group = new RelayGroup(await RedisServer.start());
    try {
      for (let i = 0; i < (sizes.ingests ?? 1); i++) group.ingests.push(await group.member('ingest'));
      for (let i = 0; i < sizes.edges; i++) group.edges.push(await group.member('edge'));
      return group;
    } catch (error) {
      await group.stop();
      throw error;
    }
  }

  /** Ports of the edges for clients. */
  get clientPorts(): number[] {
    return this.edges.map(({ address }) => address.clientPort);
  }

  /** The load process: it publishes to the first ingest, and its clients connect to the first edge by default. */
  load(): LoadProcess {
    return new LoadProcess({ ...this.edges[0]!.address, feedPort: this.ingests[0]!.address.feedPort });
  }

  async stop(): Promise<void> {
    const members = [...this.edges, ...this.ingests];
    await Promise.all(members.map(({ process }) => process.stop()));
    await this.redis.stop();
  }

  private async member(role: 'ingest' | 'edge'): Promise<MonitorServer> {
    return startMonitor('ours', await unusedPorts(3), {
      ...relayBenchSettings(),
      RECODEX_MONITOR_RELAY_URL: this.redis.url,
      RECODEX_MONITOR_RELAY_STREAM: STREAM,
      RECODEX_MONITOR_RELAY_ROLE: role,
    });
  }
}

/** A monitor without a relay, with the same settings. */
export async function startAlone(): Promise<MonitorServer> {
  return startMonitor('ours', await unusedPorts(3), relayBenchSettings());
}

/** All processes have the same priority: they, Redis and the load are compared. */
function relayBenchSettings(): NodeJS.ProcessEnv {
  return {
    ...monitorSettings({ channelMessages: 10_000_000, totalBytes: 2 ** 30 }),
    RECODEX_MONITOR_PRIORITY_NICENESS: '0',
  };
}
