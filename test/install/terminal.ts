import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { USER_ENVIRONMENT } from './user-environment.js';

/** Where a command runs. */
export interface TerminalPlace {
  readonly cwd: string;
  /** The command and its processes put their temporary files here. */
  readonly temporary: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A terminal in which a user starts a command, and ends it with Ctrl-C. */
export class Terminal {
  /** What the terminal shows. */
  output = '';
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly command: string,
    private readonly temporary: string,
  ) {
    this.ended = once(child, 'close');
    child.stdout.on('data', (data) => (this.output += String(data)));
  }

  static start(command: string, { cwd, temporary, env = {} }: TerminalPlace): Terminal {
    const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
      cwd,
      env: { ...USER_ENVIRONMENT, ...env, NO_COLOR: '1', TMPDIR: temporary },
    });
    return new Terminal(child, command, temporary);
  }

  /** Resolves when the terminal shows the text. Rejects when the command ends before. */
  async shows(pattern: RegExp): Promise<void> {
    const ended = this.ended.then(() => 'ended');
    while (!pattern.test(this.output))
      if ((await Promise.race([once(this.child.stdout, 'data'), ended])) === 'ended') {
        if (pattern.test(this.output)) return;
        throw new Error(`"${this.command}" ended before it showed ${String(pattern)}:\n${this.output}`);
      }
  }

  /** Types Ctrl-C. Resolves with the milliseconds until the command has ended. */
  async interrupt(): Promise<number> {
    const start = performance.now();
    this.child.stdin.write('\x03');
    await this.ended;
    return performance.now() - start;
  }

  /** The command lines of the processes that the command has started, and that run. */
  get processes(): string[] {
    return this.processIds.map((id) => readProcess(id, 'cmdline').replaceAll('\0', ' '));
  }

  /** Kills all processes of the command. */
  close(): void {
    this.child.kill('SIGKILL');
    for (const id of this.processIds) kill(id);
  }

  /** Processes inherit the variable with the folder for temporary files. */
  private get processIds(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((id) => id > 0 && readProcess(id, 'environ').includes(`TMPDIR=${this.temporary}`));
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // The process has ended.
  }
}

/** A file of a process. Empty when the process has ended. */
function readProcess(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
