import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { VARIABLE_PREFIX } from '../config/keys.js';

const HOST = '127.0.0.1';
const READY_POLL_MS = 50;
const READY_DEADLINE_MS = 20_000;
/** How long the monitor may take to stop before it is killed: Ctrl-C must be quick. */
const STOP_MS = 700;
/** Lets the monitor stop when the demo has died without a word: the channel between the two is then closed. */
const STOP_WITH_PARENT = `data:text/javascript,process.on('disconnect',()=>process.kill(process.pid,'SIGTERM'));process.channel?.unref()`;

/** The ports of a monitor. */
export interface Ports {
  readonly websocket: number;
  readonly zeromq: number;
  readonly admin: number;
}

export const DEFAULT_PORTS: Ports = { websocket: 4567, zeromq: 7894, admin: 4568 };

/** The wanted ports, and a free one in the place of each that is taken. */
export async function freePorts(wanted: Ports): Promise<Ports> {
  const [websocket, zeromq, admin] = await Promise.all(
    [wanted.websocket, wanted.zeromq, wanted.admin].map(
      async (port) => (await probe(port)) ?? (await probe(0)),
    ),
  );
  return { websocket: websocket!, zeromq: zeromq!, admin: admin! };
}

/** A monitor in a child process, with its defaults except for the ports. */
export class DemoMonitor {
  private complaints = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
  }

  /** Resolves when the monitor is ready. Rejects with what the monitor complained of when it does not start. */
  static async start(ports: Ports, signal: AbortSignal): Promise<DemoMonitor> {
    const child = spawn(
      process.execPath,
      [...process.execArgv, '--import', STOP_WITH_PARENT, process.argv[1]!, 'run'],
      {
        env: { ...withoutSettings(process.env), ...settingsOf(ports) },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // Ctrl-C in a terminal goes to the demo alone, which stops the monitor last.
        detached: true,
      },
    );
    const monitor = new DemoMonitor(child);
    try {
      await monitor.ready(ports.websocket, signal);
      return monitor;
    } catch (error) {
      await monitor.stop();
      throw error;
    }
  }

  /** Rejects when the monitor ends although nobody has stopped it. */
  async failure(signal: AbortSignal): Promise<never> {
    if (this.running) await once(this.child, 'close', { signal });
    throw new Error(`the monitor has ended: ${this.complaints.trim()}`);
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const deadline = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await closed;
    clearTimeout(deadline);
  }

  private get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async ready(port: number, signal: AbortSignal): Promise<void> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_DEADLINE_MS)]);
    while (this.running) {
      const answer = await fetch(`http://${HOST}:${port}/health/ready`, { signal: deadline }).catch(
        () => null,
      );
      if (answer?.ok) return;
      await sleep(READY_POLL_MS, undefined, { signal: deadline });
    }
    throw new Error(`the monitor did not start: ${this.complaints.trim()}`);
  }
}

// Whatever this shell is configured for is no business of a demo.
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(VARIABLE_PREFIX)));
}

function settingsOf({ websocket, zeromq, admin }: Ports): NodeJS.ProcessEnv {
  return {
    [`${VARIABLE_PREFIX}WEBSOCKET_URI`]: `${HOST}:${websocket}`,
    [`${VARIABLE_PREFIX}ZEROMQ_URI`]: `${HOST}:${zeromq}`,
    [`${VARIABLE_PREFIX}ADMIN_URI`]: `${HOST}:${admin}`,
    [`${VARIABLE_PREFIX}SHUTDOWN_DRAIN`]: '0',
  };
}

/** The port when it is free, any free one for 0, undefined when it is taken. */
async function probe(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
