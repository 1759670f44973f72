import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { dockerIn, environmentOf } from './docker-client.js';

/** What a command printed, and its exit code. */
interface TerminalResult {
  readonly code: number;
  readonly output: string;
}

/** The engine that runs beside the tests, and the network that its containers publish their ports in. */
export class ContainerEngine {
  private readonly folder: string;
  private readonly pid: number;

  constructor() {
    ({ folder: this.folder, pid: this.pid } = inject('engine'));
  }

  /** The clone that commands run in. */
  get clone(): string {
    return join(this.folder, 'clone');
  }

  /** Runs docker. Returns its standard output; throws an error with what it printed when it fails. */
  docker(...args: readonly string[]): string {
    return dockerIn(this.folder, this.clone, args);
  }

  /** The output of both streams of a container. */
  logs(container: string): string {
    return this.shell(`docker logs ${container} 2>&1`);
  }

  /** Runs a script in the clone, in the network of the engine. Returns its output; throws when it fails. */
  shell(script: string): string {
    return execFileSync('nsenter', this.words('bash', '-euo', 'pipefail', '-c', script), {
      cwd: this.clone,
      encoding: 'utf8',
      env: environmentOf(this.folder),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
  }

  /** Runs a script as `shell` does, in a terminal. @param until the output after which the reader presses Ctrl-C */
  terminal(script: string, until?: RegExp): Promise<TerminalResult> {
    const command = ['bash', '-e', '-c', script].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const child = spawn('nsenter', this.words('script', '-qefc', command.join(' '), '/dev/null'), {
      cwd: this.clone,
      env: environmentOf(this.folder),
    });
    // The command may end between the output and the key.
    child.stdin.on('error', () => {});
    return new Promise((done, failed) => {
      let output = '';
      let key: NodeJS.Timeout | undefined;
      const read = (data: Buffer): void => {
        output += String(data);
        // A reader presses the key again while the command runs.
        if (until?.test(output)) key ??= setInterval(() => child.stdin.write('\u0003'), 500);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('error', failed).on('close', (code) => {
        clearInterval(key);
        done({ code: code ?? -1, output });
      });
    });
  }

  /** Removes all containers, also those that run, and the networks and volumes that no container has. */
  clear(): void {
    const containers = this.docker('ps', '--all', '--quiet').split('\n').filter(Boolean);
    if (containers.length > 0) this.docker('rm', '--force', '--volumes', ...containers);
    this.docker('network', 'prune', '--force');
    this.docker('volume', 'prune', '--force');
  }

  private words(...command: readonly string[]): string[] {
    return ['--target', String(this.pid), '--net', ...command];
  }
}
