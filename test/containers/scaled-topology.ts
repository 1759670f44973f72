import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markedBlock } from '../fixtures/markdown.js';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import { replaced, ScaledComposition } from './scaled-composition.js';

/** A daemon of the composition. It restarts on the same ports. */
interface ScaledDaemon {
  readonly ports: Ports;
  daemon: BuiltDaemon;
}

/** The processes of compose.scaled.yml without containers: their commands, variables and files, with other addresses. */
export class ScaledTopology {
  readonly daemons = new Map<string, ScaledDaemon>();
  private readonly children: ChildProcess[] = [];
  private readonly composition = new ScaledComposition();
  private redisPort = 0;
  private proxyPort = 0;

  private constructor(private readonly folder: string) {}

  /** Starts everything. @param folder an empty folder */
  static async start(folder: string): Promise<ScaledTopology> {
    const topology = new ScaledTopology(folder);
    topology.redisPort = (await freePorts()).websocket;
    mkdirSync(join(folder, 'secrets'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'secrets/password'), 'of-redis\n');
    chmodSync(join(folder, 'secrets/password'), 0o640);
    topology.startRedis();
    for (const name of topology.composition.daemons) await topology.startDaemon(name);
    topology.proxyPort = (await freePorts()).websocket;
    topology.startProxyOfClients();
    return topology;
  }

  /** The address for clients: HAProxy. */
  get url(): string {
    return `http://127.0.0.1:${this.proxyPort}`;
  }

  /** Starts a daemon, or starts it again. Resolves when it is ready. @param service the service whose variables it has */
  async startDaemon(name: string, service = name): Promise<void> {
    const env = {
      ...this.composition.environment(service),
      RECODEX_MONITOR_RELAY_URL: `redis://127.0.0.1:${this.redisPort}`,
      RECODEX_MONITOR_RELAY_PASSWORD_FILE: join(this.folder, 'secrets/password'),
      RECODEX_MONITOR_TRUSTED_PROXIES: '127.0.0.1/32',
    };
    const ports = this.daemons.get(name)?.ports ?? (await freePorts());
    const daemon = BuiltDaemon.start(ports, env);
    this.daemons.set(name, { ports, daemon });
    await daemon.untilReady();
  }

  /**
   * Starts HAProxy between the broker and the processes `ingest` and `ingest-2`, as docs/scaling.md configures it. Returns its
   * endpoint.
   */
  async startProxyOfBroker(): Promise<string> {
    const { zeromq: port } = await freePorts();
    const servers = ['ingest', 'ingest-2'].map((name, index) => {
      const { zeromq, websocket } = this.daemons.get(name)!.ports;
      return [`192.0.2.3${index + 1}:7894`, `127.0.0.1:${zeromq} port ${websocket}`];
    });
    const configuration = replaced(markedBlock(readFileSync('docs/scaling.md', 'utf8'), 'broker-proxy'), {
      'bind :7894': `bind 127.0.0.1:${port}`,
      'check port 4567': 'check',
      ...Object.fromEntries(servers),
    });
    this.startHaproxy('broker.cfg', configuration);
    return `tcp://127.0.0.1:${port}`;
  }

  /** The number of clients of a daemon. */
  async connections(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.daemons.get(name)!.ports.admin}/metrics`);
    const samples = (await response.text()).matchAll(/^recodex_monitor_connections\{.*\} (\d+)$/gm);
    return [...samples].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async kill(name: string): Promise<void> {
    const { daemon } = this.daemons.get(name)!;
    daemon.child.kill('SIGKILL');
    await daemon.exit;
  }

  async stop(): Promise<void> {
    const children = [...this.children, ...[...this.daemons.values()].map(({ daemon }) => daemon.child)];
    for (const child of children)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
  }

  private startRedis(): void {
    const [program, ...words] = this.composition.command('redis').map((word, index) =>
      index < 2
        ? word
        : replaced(word, {
            '/etc/redis': join(this.folder, 'secrets'),
            '/data': join(this.folder, 'data'),
            'redis-server -': `redis-server - --bind 127.0.0.1 --port ${this.redisPort}`,
          }),
    );
    this.children.push(spawn(program!, words, { stdio: 'ignore' }));
  }

  private startProxyOfClients(): void {
    const edges = ['edge-1', 'edge-2'].map((name) => [
      `${name}:4567`,
      `127.0.0.1:${this.daemons.get(name)!.ports.websocket}`,
    ]);
    const configuration = replaced(readFileSync('packaging/haproxy/haproxy.cfg', 'utf8'), {
      'bind :8080': `bind 127.0.0.1:${this.proxyPort}`,
      // HAProxy does not start where the limit of open files is lower than twice this number.
      'maxconn 40000': 'maxconn 1000',
      ...Object.fromEntries(edges),
    });
    this.startHaproxy('clients.cfg', configuration);
  }

  private startHaproxy(name: string, configuration: string): void {
    const file = join(this.folder, name);
    writeFileSync(file, configuration);
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
    this.children.push(spawn('haproxy', ['-db', '-f', file], { env, stdio: 'ignore' }));
  }
}
