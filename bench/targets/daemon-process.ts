import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { usage, type Usage } from './usage.js';

/** Milliseconds between two looks at whether a server is ready, and seconds until it is given up. */
const POLL = 10;
const START_TIMEOUT = 20;
/** Seconds that a server may take to stop. */
const STOP_TIMEOUT = 10;

/** A server of the benchmark's own, started now and stopped by its pid. */
export class DaemonProcess {
  private readonly child: ChildProcess;
  private readonly startedAt = performance.now();
  private said = '';

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (data: Buffer) => (this.said = (this.said + data.toString()).slice(-2000)));
    const end = (): boolean => this.child.kill('SIGTERM');
    process.once('exit', end);
    this.child.once('exit', () => process.off('exit', end));
    this.child.on('error', (error) => (this.said += error.message));
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  usage(): Usage {
    return usage(this.child.pid!);
  }

  /** Seconds since the spawn until `ready` said yes. */
  async ready(ready: () => Promise<boolean>): Promise<number> {
    for (;;) {
      if (await ready()) return (performance.now() - this.startedAt) / 1000;
      if (!this.running || performance.now() - this.startedAt > START_TIMEOUT * 1000) {
        await this.stop();
        throw new Error(`it did not start: ${this.said}`);
      }
      await setTimeout(POLL);
    }
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const late = setTimeout(STOP_TIMEOUT * 1000, 'late', { ref: false });
    if ((await Promise.race([exit, late])) !== 'late') return;
    this.child.kill('SIGKILL');
    await exit;
  }
}

/** Whether something listens there. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Whether a GET answers 200. */
export function answers200(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
