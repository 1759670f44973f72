import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const COMMANDS = [
  '--help',
  '--version',
  'help watch',
  'check-config',
  'print-config',
  'print-config --reference',
  'simulate --help',
  'demo',
].map((line) => line.split(' '));

describe('the output of a command', () => {
  it.each(COMMANDS)(
    'when its reader has closed it, ends the command without a message: %s %s',
    async (...args) => {
      const { code, err } = await run(args.filter(Boolean), { reader: false });
      expect(err).toBe('');
      expect(code).toBe(141);
    },
  );

  it.runIf(existsSync('/dev/full')).each(COMMANDS)(
    'on a full disk, ends the command with one line: %s %s',
    async (...args) => {
      const full = openSync('/dev/full', 'w');
      const { code, err } = await run(args.filter(Boolean), { out: full });
      closeSync(full);
      expect(err).toMatch(/^error: cannot write the output: .*no space left.*\n$/i);
      expect(code).toBe(74);
    },
  );

  it.runIf(existsSync('/dev/full')).each([
    [['check-config', '-c', '/nowhere.yml'], 78],
    [['simluate'], 64],
    [['watch', 'j', '--url', 'nonsense'], 64],
  ])('when the error cannot be printed, does not change the exit code: %j', async (args, exit) => {
    const full = openSync('/dev/full', 'w');
    const { code } = await run(args, { errors: full });
    closeSync(full);
    expect(code).toBe(exit);
  });
});

describe('a command that does not exist', () => {
  it.each([
    [['simluate'], "error: unknown command 'simluate' (did you mean simulate?)\n"],
    [['simluate', '--jobs', '3'], "error: unknown command 'simluate' (did you mean simulate?)\n"],
    [['-c', 'x', 'chek-config'], "error: unknown command 'chek-config' (did you mean check-config?)\n"],
    [['help', 'wacth'], "error: unknown command 'wacth' (did you mean watch?)\n"],
    [['start'], `error: unknown command 'start' (see "recodex-monitor --help")\n`],
    [['monitor.yml'], "error: unknown command 'monitor.yml' (a configuration file is given with -c)\n"],
    [['a\u001b[2J'], String.raw`error: unknown command 'a\u001b[2J' (see "recodex-monitor --help")` + '\n'],
    [
      ['check-config', 'x.yml'],
      "error: unexpected argument 'x.yml' (a configuration file is given with -c)\n",
    ],
    [['run', 'now'], `error: unexpected argument 'now' (see "recodex-monitor run --help")\n`],
    [['simulate', '--jbos', '3'], "error: unknown option '--jbos'\n(Did you mean --jobs?)\n"],
  ])('or an unknown argument is rejected with a hint: %j', async (args, expected) => {
    const { code, err } = await run(args);
    expect(err).toBe(expected);
    expect(code).toBe(64);
  });
});

describe('help', () => {
  it.each(['run', 'check-config', 'print-config', 'simulate', 'watch', 'demo', 'help'])(
    'for %s is the same as --help of the command',
    async (verb) => {
      const [help, option] = await Promise.all([run(['help', verb]), run([verb, '--help'])]);
      expect(help).toEqual(option);
      expect(help.out).toContain(`Usage: recodex-monitor ${verb}`);
      expect(help.code).toBe(0);
    },
  );

  it('without a command is the same as --help', async () => {
    const [help, option] = await Promise.all([run(['help']), run(['--help'])]);
    expect(help).toEqual(option);
    expect(help.code).toBe(0);
  });
});

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly reader?: boolean;
  readonly out?: number;
  readonly errors?: number;
}

async function run(args: string[], { reader = true, out, errors }: RunOptions = {}): Promise<Result> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', out ?? 'pipe', errors ?? 'pipe'],
  });
  const ended = { out: '', err: '' };
  if (reader) child.stdout?.on('data', (data) => (ended.out += String(data)));
  else child.stdout?.destroy();
  child.stderr?.on('data', (data) => (ended.err += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...ended, code };
}
