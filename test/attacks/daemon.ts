import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const MIB = 1024 * 1024;

export interface DaemonOptions {
  /** The largest heap of V8, in MiB: what pins memory ends the process instead of only growing. */
  readonly heapMiB?: number;
  /** The limit of open files (ulimit -n); without it that of the test. */
  readonly openFiles?: number;
  /** Configuration keys as variables: `{ LIMITS_LAG: '1' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The built daemon as a process of its own, on free ports. */
export class Daemon {
  readonly exit: Promise<number | null>;
  output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly publicPort: number,
    readonly adminPort: number,
    readonly zeromqPort: number,
  ) {
    this.exit = once(child, 'close').then(([code]) => code as number | null);
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data: Buffer) => (this.output += data.toString()));
  }

  /** Resolves when the daemon is ready. */
  static async start({ heapMiB = 256, openFiles, settings = {} }: DaemonOptions = {}): Promise<Daemon> {
    const [publicPort, adminPort, zeromqPort] = await freePorts(3);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      RECODEX_MONITOR_WEBSOCKET_URI: `127.0.0.1:${publicPort}`,
      RECODEX_MONITOR_ADMIN_URI: `127.0.0.1:${adminPort}`,
      RECODEX_MONITOR_ZEROMQ_URI: `127.0.0.1:${zeromqPort}`,
      // The attackers share the machine's cores with the daemon.
      RECODEX_MONITOR_PRIORITY_NICENESS: '0',
    };
    for (const [key, value] of Object.entries(settings)) env[`RECODEX_MONITOR_${key}`] = value;
    const command = [process.execPath, `--max-old-space-size=${heapMiB}`, MAIN];
    if (openFiles !== undefined) command.unshift('prlimit', `--nofile=${openFiles}:${openFiles}`);
    const child = spawn(command[0]!, command.slice(1), {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const daemon = new Daemon(child, publicPort!, adminPort!, zeromqPort!);
    await daemon.ready();
    return daemon;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.publicPort}`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.publicPort}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.adminPort}`;
  }

  get zeromq(): string {
    return `tcp://127.0.0.1:${this.zeromqPort}`;
  }

  /** Resident memory in MiB. */
  get residentMiB(): number {
    const pages = Number(readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * 4096) / MIB;
  }

  /** Open sockets, listening ones included. */
  get openSockets(): number {
    const folder = `/proc/${this.pid}/fd`;
    return readdirSync(folder).filter((fd) => target(`${folder}/${fd}`).startsWith('socket:')).length;
  }

  /** Resolves when `pattern` stands in what the daemon has logged. */
  async logged(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) await once(this.child.stdout!, 'data');
  }

  /** Resolves when at most `count` sockets are open; rejects after `seconds`. */
  async socketsFallTo(count: number, seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (this.openSockets > count) {
      if (performance.now() > end)
        throw new Error(`${this.openSockets} sockets are open after ${seconds} s, expected ${count}`);
      await setTimeout(50);
    }
  }

  /** Seconds of CPU time since the start. */
  get cpuSeconds(): number {
    // proc_pid_stat(5): utime and stime, fields 14 and 15, behind the name in parentheses; 100 ticks a second.
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Ends the daemon gracefully and resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.running) this.child.kill('SIGTERM');
    return this.exit;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }

  private async ready(): Promise<void> {
    while (!(await answers(`${this.admin}/health/ready`))) {
      if (!this.running) throw new Error(`The daemon did not start:\n${this.output}`);
      await setTimeout(20);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

// All are held until all are known, so that no port is given twice.
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

// A descriptor that was listed may be closed already.
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
