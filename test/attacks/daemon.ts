import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';

const MIB = 1024 * 1024;

export interface DaemonOptions {
  /** The largest heap of V8, in MiB. A daemon that holds too much memory ends. */
  readonly heapMiB?: number;
  /** The limit of open files (ulimit -n). The default is the limit of the test process. */
  readonly openFiles?: number;
  /** Configuration keys as variables: `{ LIMITS_LAG: '1' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The configuration file. */
  readonly file?: string | undefined;
  /** A token for the admin listener. */
  readonly operatorToken?: string | undefined;
}

/** A daemon under attack. Measures its sockets, its memory and its CPU time. */
export class Daemon {
  private constructor(
    private readonly built: BuiltDaemon,
    private readonly ports: Ports,
    /** `s` when the public listener has a certificate. */
    private readonly secure: '' | 's',
    private readonly operatorToken: string | undefined,
  ) {}

  /** Resolves when the daemon is ready. */
  static async start(options: DaemonOptions = {}): Promise<Daemon> {
    const { heapMiB = 256, openFiles, settings = {}, file, operatorToken } = options;
    const ports = await freePorts();
    const variables = Object.entries(settings).map(([key, value]) => [`RECODEX_MONITOR_${key}`, value]);
    const limit = openFiles === undefined ? [] : ['prlimit', `--nofile=${openFiles}:${openFiles}`];
    const command = [...limit, process.execPath, `--max-old-space-size=${heapMiB}`];
    const env = Object.fromEntries(variables) as Record<string, string>;
    const args = file === undefined ? [] : ['-c', file];
    const built = await BuiltDaemon.start(ports, env, { command, args }).untilReady();
    return new Daemon(built, ports, 'TLS_CERT' in settings ? 's' : '', operatorToken);
  }

  get publicPort(): number {
    return this.ports.websocket;
  }

  get adminPort(): number {
    return this.ports.admin;
  }

  get ws(): string {
    return `ws${this.secure}://127.0.0.1:${this.ports.websocket}`;
  }

  get http(): string {
    return `http${this.secure}://127.0.0.1:${this.ports.websocket}`;
  }

  get zeromq(): string {
    return `tcp://127.0.0.1:${this.ports.zeromq}`;
  }

  get isRunning(): boolean {
    const { exitCode, signalCode } = this.built.child;
    return exitCode === null && signalCode === null;
  }

  get output(): string {
    return this.built.output;
  }

  /** Resident memory in MiB. */
  get residentMiB(): number {
    const pages = Number(readFileSync(`${this.folder}/statm`, 'utf8').split(' ')[1]);
    return (pages * 4096) / MIB;
  }

  /** The number of open files, with sockets. */
  get openFiles(): number {
    return readdirSync(`${this.folder}/fd`).length;
  }

  /** The number of open sockets, including listening sockets. */
  get openSockets(): number {
    const folder = `${this.folder}/fd`;
    return readdirSync(folder).filter((fd) => target(`${folder}/${fd}`).startsWith('socket:')).length;
  }

  /** CPU time since the start, in seconds. */
  get cpuSeconds(): number {
    // proc_pid_stat(5): utime and stime, fields 14 and 15, after the name in parentheses; 100 ticks per second.
    const fields = readFileSync(`${this.folder}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Sends a request to the admin listener. */
  admin(path: string, options: RequestInit = {}): Promise<Response> {
    const headers = this.operatorToken === undefined ? {} : { Authorization: `Bearer ${this.operatorToken}` };
    return fetch(`http://127.0.0.1:${this.adminPort}${path}`, { ...options, headers });
  }

  /** The metrics, without their prefix. */
  async metrics(): Promise<Record<string, number>> {
    const text = await (await this.admin('/metrics')).text();
    const samples = text.matchAll(/^recodex_monitor_(\S+) (\S+)$/gm);
    return Object.fromEntries([...samples].map(([, name, value]) => [name!, Number(value)]));
  }

  /** Resolves when the log matches `pattern`. */
  async logged(pattern: RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.output).toMatch(pattern), 30_000);
  }

  /** Resolves when at most `count` sockets are open. Rejects after `seconds`. */
  async socketsFallTo(count: number, seconds: number): Promise<void> {
    await vi.waitFor(() => expect(this.openSockets).toBeLessThanOrEqual(count), seconds * 1000);
  }

  /** Sends SIGTERM. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.kill('SIGTERM');
    return (await this.built.exit).code;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.built.child.kill(signal);
  }

  private get folder(): string {
    return `/proc/${this.built.child.pid}`;
  }
}

/** The target of a link, or an empty text when the descriptor was closed after it was listed. */
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
