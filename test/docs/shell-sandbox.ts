import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { STAND_INS } from './stand-ins.js';

/** A finished command. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** The commands that stand-ins have recorded instead of executing them. Their paths are those of the page. */
  readonly recorded: readonly string[];
}

/**
 * A directory in which the commands of one page run, as on a machine with an installed monitor. The commands keep
 * their paths: a path below `/etc`, `/var` or `/root` becomes a path in the sandbox.
 */
export class ShellSandbox {
  private readonly root = mkdtempSync(join(tmpdir(), 'recodex-monitor-docs-'));
  private readonly home = join(this.root, 'home');

  /**
   * @param replacements texts of the page, such as addresses, and what takes their place
   * @param programs shell scripts by name, in addition to the stand-ins or instead of them
   */
  constructor(
    private readonly template: string,
    private readonly replacements: readonly (readonly [from: string | RegExp, to: string])[],
    private readonly environment: Readonly<Record<string, string>>,
    programs: Readonly<Record<string, string>> = {},
  ) {
    this.restore();
    for (const name of ['dist', 'docs', 'node_modules', 'packaging', 'package.json'])
      symlinkSync(resolve(name), join(this.home, name));
    for (const [name, script] of Object.entries({ ...STAND_INS, ...programs }))
      this.write(`bin/${name}`, script, 0o755);
  }

  /** The text with the paths and addresses of this sandbox. */
  translate(text: string): string {
    const paths = text.replaceAll(/(?<![\w.:/~])\/(etc|var|root|opt|srv)\//g, `${this.root}/$1/`);
    return this.replacements.reduce((result, [from, to]) => result.replaceAll(from, to), paths);
  }

  /** Writes a file. The path is absolute on the machine of the page, or relative to the working directory. */
  writeFile(path: string, text: string): string {
    return this.write(path.startsWith('/') ? path.slice(1) : join('home', path), text);
  }

  /** Runs a script with `bash -e`. The machine has all of its files, also those that earlier scripts have removed. */
  bash(script: string): Promise<CommandResult> {
    this.restore();
    return this.run('bash', ['-e', '-c', this.translate(script)]);
  }

  async run(command: string, args: readonly string[]): Promise<CommandResult> {
    const child = spawn(command, args, {
      cwd: this.home,
      env: {
        PATH: `${join(this.root, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
        HOME: this.home,
        SANDBOX: this.root,
        NODE: process.execPath,
        REPOSITORY: resolve('.'),
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed));
    const [code, output, errors] = await Promise.all([exit, buffer(child.stdout), buffer(child.stderr)]);
    return { code, output: String(output), errors: String(errors), recorded: this.takeRecorded() };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private takeRecorded(): string[] {
    const file = join(this.root, 'recorded');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    rmSync(file);
    return lines.map((line) => line.replaceAll(this.root, ''));
  }

  private restore(): void {
    cpSync(this.template, this.root, { recursive: true, force: false });
  }

  private write(path: string, text: string, mode = 0o600): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }
}
