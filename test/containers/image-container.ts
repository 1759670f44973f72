import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import type { Dockerfile } from './dockerfile.js';

/** Where the image has a folder for a journal. */
export const JOURNAL = '/var/lib/recodex-monitor';

/** What a base image has in its environment. */
const BASE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Folders of Debian that stand for the base image. */
const BASE_FOLDERS = ['usr/bin', 'usr/lib', 'usr/lib64', 'etc', 'dev'];

/** Links of a Debian system that has everything in /usr. */
const BASE_LINKS = { bin: 'usr/bin', lib: 'usr/lib', lib64: 'usr/lib64' };

const MOUNT_BASE = `
mount --make-rprivate /
mount --bind "$root" "$root"
for folder in ${BASE_FOLDERS.join(' ')}; do
  mount --bind "/$folder" "$root/$folder"
  mount -o remount,bind,ro "$root/$folder"
done
`;

const RUN = `
root=$1
${MOUNT_BASE}
exec chroot "$root" sh -c "$2"
`;

// Node.js gets the process id 1 of a new namespace, as in a container. The whole file system is read-only but the volume.
const START = `
root=$1; user=$2; volume=$3; shift 3
${MOUNT_BASE}
mount -t proc proc "$root/proc"
[ -z "$volume" ] || mount --bind "$volume" "$root/${JOURNAL}"
mount -o remount,bind,ro "$root"
ip link set lo up
exec chroot --userspec="$user" --groups="\${user#*:}" "$root" "$@"
`;

/** How a container is started. */
export interface ContainerOptions {
  /** The arguments of the entry point. */
  readonly args?: readonly string[];
  /** Variables in addition to those of the image. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A folder of this machine that is mounted at `JOURNAL`. */
  readonly volume?: string;
}

/** The files of the image in Linux namespaces, started as an engine starts the image. It needs root. */
export class ImageContainer {
  output = '';
  private readonly exit: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly dockerfile: Dockerfile,
    private readonly variables: Record<string, string>,
  ) {
    this.exit = once(child, 'close').then(([code]) => code as number | null);
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data) => (this.output += String(data)));
  }

  /** Makes a root directory from this machine's Debian and the files of the image, and runs the steps of its last stage. */
  static createRoot(root: string, image: string, dockerfile: Dockerfile): void {
    for (const folder of ['proc', 'usr/local/bin', ...BASE_FOLDERS])
      mkdirSync(join(root, folder), { recursive: true });
    for (const [name, target] of Object.entries(BASE_LINKS)) symlinkSync(target, join(root, name));
    copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
    cpSync(image, root, { recursive: true, verbatimSymlinks: true });
    chmodSync(root, 0o755);
    for (const step of dockerfile.runs)
      execFileSync('unshare', ['--mount', 'sh', '-euc', RUN, 'sh', root, step], {
        env: { ...BASE_ENVIRONMENT },
      });
  }

  /** Starts the entry point of the image. */
  static start(root: string, dockerfile: Dockerfile, options: ContainerOptions = {}): ImageContainer {
    const { args = [], variables = {}, volume = '' } = options;
    const namespaces = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child'];
    const command = [...dockerfile.command('ENTRYPOINT'), ...args];
    const shell = ['sh', '-euc', START, 'sh', root, dockerfile.get('USER'), volume, ...command];
    const environment = { ...BASE_ENVIRONMENT, ...dockerfile.environment, ...variables };
    const child = spawn('unshare', [...namespaces, ...shell], { env: environment, cwd: '/' });
    return new ImageContainer(child, dockerfile, environment);
  }

  /** Resolves when the log has a text. */
  async logs(text: string): Promise<void> {
    await vi.waitFor(() => {
      if (!this.output.includes(text)) throw new Error(`expected "${text}" in the log, got:\n${this.output}`);
    }, 20_000);
  }

  /** A line of /proc/1/status in the container. */
  status(key: string): string {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(text)![1]!.replaceAll('\t', ' ');
  }

  /** Runs a command in the container, as `docker exec` does. Rejects when it fails. */
  async execute(command: readonly string[], variables: Record<string, string> = {}): Promise<string> {
    const [user, group] = this.dockerfile.get('USER').split(':');
    const enter = ['--target', this.pid, '--mount', '--pid', '--net', '--root', '--wd'];
    const asUser = ['setpriv', '--reuid', user!, '--regid', group!, '--clear-groups'];
    const { stdout } = await promisify(execFile)('nsenter', [...enter, ...asUser, ...command], {
      env: { ...this.variables, ...variables },
      timeout: 20_000,
    });
    return stdout;
  }

  /** Sends a signal to process 1. Resolves to the exit code of the container. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    process.kill(Number(this.pid), signal);
    return this.exit;
  }

  /** Resolves to the exit code of a container that ends by itself. */
  ended(): Promise<number | null> {
    return this.exit;
  }

  kill(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    // Process 1 itself: the change of the user has cleared the signal that --kill-child asks for.
    const { pid } = this;
    if (pid !== '') process.kill(Number(pid), 'SIGKILL');
    this.child.kill('SIGKILL');
  }

  /** The host's id of the process that is 1 in the container. */
  private get pid(): string {
    const { pid } = this.child;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  }
}
