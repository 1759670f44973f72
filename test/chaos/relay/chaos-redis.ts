import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const POLL_MS = 20;
const READY_TIMEOUT_MS = 20_000;
const run = promisify(execFile);

/** A Redis server with an append-only file, which is synced once a second. */
export class ChaosRedis {
  private child!: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'recodex-chaos-redis-'));

  constructor(readonly port: number) {}

  /** Resolves when the server answers. It has what the append-only file has; without one, what `dump.rdb` has. */
  async start(): Promise<void> {
    const hasLog = existsSync(join(this.folder, 'appendonlydir'));
    const options = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.folder,
      appendonly: hasLog ? 'yes' : 'no',
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.child = spawn('redis-server', [...args, '--save', ''], { stdio: 'ignore' });
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!(await this.answers())) {
      if (performance.now() > deadline) throw new Error('Redis does not answer');
      await sleep(POLL_MS);
    }
    // A server that starts with an append-only file ignores `dump.rdb`.
    await this.command('config', 'set', 'appendonly', 'yes');
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  async command(...args: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', String(this.port), ...args], {
      timeout: READY_TIMEOUT_MS,
    });
    return stdout.trim();
  }

  /** Copies the data to a file for `restore`. */
  async backUp(): Promise<void> {
    await this.command('save');
    copyFileSync(this.path('dump.rdb'), this.path('backup.rdb'));
  }

  /** Removes all data of the stopped server. */
  forget(): void {
    rmSync(this.path('appendonlydir'), { recursive: true, force: true });
    rmSync(this.path('dump.rdb'), { force: true });
  }

  /** Replaces the data of the stopped server with those of the last `backUp`. */
  restore(): void {
    this.forget();
    if (existsSync(this.path('backup.rdb'))) copyFileSync(this.path('backup.rdb'), this.path('dump.rdb'));
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    try {
      return (await this.command('ping')) === 'PONG';
    } catch {
      return false;
    }
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}
