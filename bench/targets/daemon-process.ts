import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { usage, type ProcessUsage } from './usage.js';

/** Milliseconds between two checks whether a server is ready. */
const POLL_MS = 10;
/** Seconds that a server may take to start, and to stop. */
const START_TIMEOUT = 20;
const STOP_TIMEOUT = 10;

/** A server process that the benchmark starts and stops. */
export class DaemonProcess {
  private readonly child: ChildProcess;
  private readonly startedAt = performance.now();
  private output = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (data: Buffer) => (this.output = (this.output + data.toString()).slice(-2000)));
    const end = (): void => this.end();
    process.once('exit', end);
    this.child.once('exit', () => process.off('exit', end));
    this.child.on('error', (error) => (this.output += error.message));
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child.pid!;
  }

  usage(): ProcessUsage {
    return usage(this.pid);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves to the seconds from the spawn until `ready` returned true. */
  async ready(ready: () => Promise<boolean>): Promise<number> {
    for (;;) {
      if (await ready()) return (performance.now() - this.startedAt) / 1000;
      if (!this.running || performance.now() - this.startedAt > START_TIMEOUT * 1000) {
        await this.stop();
        throw new Error(`it did not start: ${this.output}`);
      }
      await setTimeout(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const exit = once(this.child, 'exit');
    this.end();
    const late = setTimeout(STOP_TIMEOUT * 1000, 'late', { ref: false });
    if ((await Promise.race([exit, late])) !== 'late') return;
    this.child.kill('SIGKILL');
    await exit;
  }

  private end(): void {
    this.child.kill('SIGTERM');
    // A paused process would stay.
    this.child.kill('SIGCONT');
  }
}

/** Whether a process listens on the port. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Whether a GET request is answered with 200. */
export function answers200(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
