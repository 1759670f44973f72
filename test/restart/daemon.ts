import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Milliseconds between two looks at the readiness of a starting daemon. */
const POLL = 20;

/** The ports of a daemon, which stay the same over its restarts. */
export interface Ports {
  readonly websocket: number;
  readonly zeromq: number;
  readonly admin: number;
}

export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    [1, 2, 3].map(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const [websocket, zeromq, admin] = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return { websocket: websocket!, zeromq: zeromq!, admin: admin! };
}

/** The built daemon in a process, as an operator starts it. */
export class BuiltDaemon {
  output = '';
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  private constructor(
    readonly child: ChildProcess,
    private readonly ports: Ports,
  ) {
    this.exit = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data) => (this.output += String(data)));
  }

  /** Starts a daemon, which may not be ready yet. */
  static start(ports: Ports, env: Record<string, string> = {}): BuiltDaemon {
    const at = (port: number): string => `127.0.0.1:${port}`;
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        RECODEX_MONITOR_WEBSOCKET_URI: at(ports.websocket),
        RECODEX_MONITOR_ZEROMQ_URI: at(ports.zeromq),
        RECODEX_MONITOR_ADMIN_URI: at(ports.admin),
        // On a busy machine the daemon would wait for every other process.
        RECODEX_MONITOR_PRIORITY_NICENESS: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new BuiltDaemon(child, ports);
  }

  get ready(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.ports.admin}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async untilReady(): Promise<this> {
    while (!(await this.ready)) {
      if (this.child.exitCode !== null) throw new Error(`The daemon has ended:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    return this;
  }

  /** Ends the daemon gracefully, and tells how long that took in milliseconds. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    const start = performance.now();
    this.child.kill(signal);
    const { code } = await this.exit;
    if (code !== 0) throw new Error(`The daemon exited with ${code}:\n${this.output}`);
    return performance.now() - start;
  }
}
