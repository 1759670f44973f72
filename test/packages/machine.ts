import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { machineRoot } from './machine-root.js';
import { ENVIRONMENT } from './run.js';

const BOOT = fileURLToPath(new URL('boot-machine.sh', import.meta.url));
/** How long a command in a machine may take, in milliseconds. */
const TIMEOUT = 120_000;

/**
 * A machine with Debian 12 whose process 1 is systemd. It has its own processes, network, users and files, and nothing that
 * happens in it changes the machine of the tests. It shares the kernel, and ends with the process of the tests.
 */
export class Machine {
  private constructor(
    private readonly child: ChildProcess,
    /** The process id of systemd on the machine of the tests. */
    private readonly pid: string,
  ) {}

  /** Resolves when all units of the machine are started. */
  static async boot(): Promise<Machine> {
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'bash', BOOT, machineRoot()], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [pid] = (await Promise.race([
      once(createInterface(child.stdout), 'line'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`The machine ends with ${code}`))),
    ])) as [string];
    const machine = new Machine(child, pid);
    machine.run(
      'until [[ -S /run/systemd/private ]]; do sleep 0.05; done; systemctl is-system-running --wait',
    );
    return machine;
  }

  /**
   * Runs a script as an administrator does, in the home directory of root, and ends it at the first command that fails.
   * Returns its output; throws an error with all that it printed.
   *
   * @param input what the administrator types
   */
  run(script: string, input = ''): string {
    const words = ['--target', this.pid, '--all', 'bash', '-o', 'pipefail', '-ec', `cd /root\n${script}`];
    const { status, error, stdout, stderr } = spawnSync('nsenter', words, {
      env: { ...ENVIRONMENT, HOME: '/root' },
      encoding: 'utf8',
      input,
      timeout: TIMEOUT,
    });
    if (status !== 0) throw new Error(`${error ?? `exit code ${status}`}\n${script}\n${stdout}${stderr}`);
    return stdout;
  }

  /** The path on the machine of the tests of an absolute path of this machine. */
  path(path: string): string {
    return join('/proc', this.pid, 'root', path);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  exists(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** The owner, the group and the mode of a file. */
  ownership(path: string): string {
    return this.run(`stat --format '%U:%G %a' ${path}`).trim();
  }

  /** Copies a file into a new folder of this machine. */
  copy(file: string, folder: string, name: string): void {
    mkdirSync(this.path(folder), { recursive: true });
    copyFileSync(file, join(this.path(folder), name));
  }

  /** Ends all processes of the machine. */
  async stop(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.stdin!.end();
    await exit;
  }
}
