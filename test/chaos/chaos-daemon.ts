import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, type Ports } from '../fixtures/built-daemon.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_POLL_MS = 20;
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;
const JOURNAL_TIMEOUT_MS = 30_000;
/** Ends the daemon when this process is killed, which closes the IPC channel between the two. */
const END_WITH_PARENT = `data:text/javascript,process.on('disconnect',()=>process.kill(process.pid,'SIGKILL'));process.channel?.unref()`;
/** Characters of the daemon's output that are kept, for a failure. */
const OUTPUT = 20_000;
/** What the daemon logs when its stop has left something out. */
const INCOMPLETE_STOP = /A step of the shutdown failed.*|The stop had no time.*/;

/** The built daemon, installed in a folder of its own, which an operator starts, stops and replaces. */
export class ChaosDaemon {
  /** Ends that the operator did not want, and stops that were not complete. */
  readonly crashes: string[] = [];
  /** Times that the daemon ended with `restartCode`. */
  restarts = 0;
  private child!: ChildProcess;
  private output = '';
  private expected = false;

  private constructor(
    readonly ports: Ports,
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly restartCode: number | undefined,
  ) {}

  /**
   * @param env further settings, as environment variables
   * @param restartCode the exit code after which the daemon is started again, as by a service manager
   */
  static async install(
    hasJournal: boolean,
    env: Readonly<Record<string, string>> = {},
    restartCode?: number,
  ): Promise<ChaosDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'recodex-chaos-'));
    mkdirSync(join(folder, 'log'));
    copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
    const journal = hasJournal ? { RECODEX_MONITOR_JOURNAL_PATH: join(folder, 'journal') } : undefined;
    return new ChaosDaemon(await freePorts(), folder, { ...journal, ...env }, restartCode);
  }

  get logFile(): string {
    return join(this.folder, 'log', 'monitor.log');
  }

  /** Resolves when the daemon is ready. */
  async start(): Promise<void> {
    this.launch();
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!(await this.isReady())) {
      if (this.hasEnded || performance.now() > deadline)
        throw new Error(`The daemon is not ready:\n${this.output}`);
      await sleep(READY_POLL_MS);
    }
  }

  launch(): void {
    const at = (port: number): string => `127.0.0.1:${port}`;
    this.expected = false;
    const child = spawn(
      process.execPath,
      ['--import', END_WITH_PARENT, join(this.folder, 'dist', 'main.js')],
      {
        env: {
          PATH: process.env['PATH'],
          RECODEX_MONITOR_WEBSOCKET_URI: at(this.ports.websocket),
          RECODEX_MONITOR_ZEROMQ_URI: at(this.ports.zeromq),
          RECODEX_MONITOR_ADMIN_URI: at(this.ports.admin),
          RECODEX_MONITOR_LOGGER_FILE: this.logFile,
          ...this.env,
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.child = child;
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data) => (this.output = (this.output + String(data)).slice(-OUTPUT)));
    child.on('exit', (code, signal) => {
      if (this.expected) return;
      if (code !== this.restartCode)
        return void this.crashes.push(`the daemon ended with ${code ?? signal}: ${this.output}`);
      this.restarts++;
      this.launch();
    });
  }

  /** Ends the daemon. Resolves with its exit code, which is null after SIGKILL. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.expected = true;
    if (this.hasEnded) return this.child.exitCode;
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const [code] = await exited;
    clearTimeout(timer);
    return code;
  }

  /** Ends the daemon as an operator does. Counts a stop that is not complete as a crash. */
  async stop(): Promise<void> {
    this.output = '';
    const code = await this.end('SIGTERM');
    if (code !== 0) this.crashes.push(`the daemon exited with ${code} after SIGTERM: ${this.output}`);
    const incomplete = INCOMPLETE_STOP.exec(this.output);
    if (incomplete) this.crashes.push(`a stop was not complete: ${incomplete[0]}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** From now on, each write to a file fails, as on a full disk. */
  fillDisk(): void {
    this.limitFiles('0:unlimited');
  }

  freeDisk(): void {
    this.limitFiles('unlimited');
  }

  /** Resolves when the journal has all channels. Without a journal: at once. */
  async untilJournalWritten(): Promise<void> {
    const deadline = performance.now() + JOURNAL_TIMEOUT_MS;
    for (;;) {
      const { info } = (await (await this.health()).json()) as { info: { journal: { state: string } } };
      if (['off', 'writing'].includes(info.journal.state)) return;
      if (performance.now() > deadline)
        throw new Error(`The journal is ${info.journal.state}:\n${this.output}`);
      await sleep(READY_POLL_MS);
    }
  }

  /** Puts another copy of the program in place of the one that runs, as an upgrade does. */
  replaceProgram(): void {
    const path = (name: string): string => join(this.folder, name);
    cpSync(join(ROOT, 'dist'), path('dist.new'), { recursive: true });
    renameSync(path('dist'), path('dist.old'));
    renameSync(path('dist.new'), path('dist'));
    rmSync(path('dist.old'), { recursive: true });
  }

  /** Resident memory in MiB; 0 while no daemon runs. */
  get memory(): number {
    const file = `/proc/${this.child.pid}/status`;
    if (this.hasEnded || !existsSync(file)) return 0;
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) / 1024;
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async isReady(): Promise<boolean> {
    try {
      return (await this.health()).ok;
    } catch {
      return false;
    }
  }

  /** A request to the admin listener. */
  request(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.ports.admin}${path}`, { signal: AbortSignal.timeout(2000) });
  }

  private health(): Promise<Response> {
    return this.request('/health/ready');
  }

  private limitFiles(limit: string): void {
    execFileSync('prlimit', ['--pid', `${this.child.pid}`, `--fsize=${limit}`]);
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
