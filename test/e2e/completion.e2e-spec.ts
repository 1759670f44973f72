import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasTmux, useTmux } from '../fixtures/cli/tmux-terminal.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Command lines, and what must be among their completions. The last word is completed. */
const COMPLETIONS: readonly (readonly [string[], string[]])[] = [
  [['w'], ['watch']],
  [['-c', 'config.yml', 'sim'], ['simulate']],
  [['watch', '--exit'], ['--exit-status']],
  [
    ['simulate', '--outcome', 'failed'],
    ['failed-tasks', 'failed-build'],
  ],
  [
    ['token', ''],
    ['make', 'check'],
  ],
  [
    ['token', 'make', '--scope', ''],
    ['admin', 'publish'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['help', 'ver'], ['verify']],
  [
    ['check-config', '-c', 'conf'],
    ['config.yml', 'conf folder'],
  ],
  [['curve-keys', '--out', 'conf'], ['conf folder']],
];

const directory = useTemporaryDirectory();
const openTerminal = useTmux();
const scripts: Record<string, string> = {};

beforeAll(() => {
  for (const shell of ['bash', 'zsh', 'fish'])
    scripts[shell] = execFileSync(process.execPath, [MAIN, 'completion', shell], { encoding: 'utf8' });
});

beforeEach(() => {
  writeFileSync(directory.file('config.yml'), '');
  mkdirSync(directory.file('conf folder'));
  for (const [shell, script] of Object.entries(scripts))
    writeFileSync(directory.file(`script.${shell}`), script);
});

describe('the script of completion', () => {
  it.each(COMPLETIONS)('completes %j in bash with %j', (words, expected) => {
    const lines = completeInBash(words);
    expect(lines).toEqual(expect.arrayContaining(expected));
    for (const line of lines) expect(line.startsWith(words.at(-1)!)).toBe(true);
  });

  it.runIf(isInstalled('fish')).each(COMPLETIONS)('completes %j in fish with %j', (words, expected) => {
    const line = ['recodex-monitor', ...words].join(' ');
    const output = execFileSync('fish', ['--no-config', '-c', `source script.fish; complete -C '${line}'`], {
      cwd: directory.path,
      encoding: 'utf8',
      env: { ...process.env, HOME: directory.path },
    });
    const completions = output
      .split('\n')
      .map((each) => each.split('\t')[0]!.replaceAll('\\', '').replace(/\/$/, ''));
    expect(completions).toEqual(expect.arrayContaining(expected));
  });

  it.runIf(hasTmux && isInstalled('zsh')).each([
    ['recodex-monitor wat', /^% recodex-monitor watch $|^% recodex-monitor watch$/],
    ['recodex-monitor -c x sim', /^% recodex-monitor -c x simulate/],
    ['recodex-monitor watch --exit', /^% recodex-monitor watch --exit-status/],
    ['recodex-monitor simulate --outcome rej', /^% recodex-monitor simulate --outcome rejected/],
    ['recodex-monitor simulate --outcome=rej', /^% recodex-monitor simulate --outcome=rejected/],
    ['recodex-monitor token m', /^% recodex-monitor token make/],
    ['recodex-monitor check-config -c conf', /config\.yml/],
    ['recodex-monitor curve-keys --out conf', /^% recodex-monitor curve-keys --out conf\\ folder\//],
  ])('completes %s in zsh', async (line, screen) => {
    const start = `cd '${directory.path}'; autoload -U compinit; compinit -u -D; source script.zsh; PS1='%% '; clear`;
    writeFileSync(directory.file('.zshrc'), start);
    const terminal = await openTerminal(['zsh', '-i'], 80, 24, {
      ZDOTDIR: directory.path,
      LC_ALL: 'C.UTF-8',
    });
    await terminal.shows(/^%$/);
    await terminal.type(`${line}\t`);
    expect((await terminal.shows(screen))[0]).toContain(line);
  });

  it.runIf(hasTmux)('completes a command in an interactive bash', async () => {
    const rc = directory.file('rc');
    writeFileSync(rc, `cd '${directory.path}'; source script.bash; PS1='% '; clear`);
    const terminal = await openTerminal(['bash', '--noprofile', '--rcfile', rc, '-i'], 80, 24, {});
    await terminal.shows(/^%$/);
    await terminal.type('recodex-monitor simulate --outcome=rej\t');
    const [first] = await terminal.shows(/outcome=rejected/);
    expect(first).toMatch(/^% recodex-monitor simulate --outcome=rejected/);
  });
});

function completeInBash(words: readonly string[]): string[] {
  const program =
    'source script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _recodex_monitor; printf "%s\\n" "${COMPREPLY[@]}"';
  const args = ['--norc', '-c', program, 'bash', 'recodex-monitor', ...words];
  return execFileSync('bash', args, { cwd: directory.path, encoding: 'utf8' }).trimEnd().split('\n');
}

function isInstalled(shell: string): boolean {
  const installed = spawnSync(shell, ['--version']).error === undefined;
  if (!installed) process.stderr.write(`${shell} is not installed: its completion is not tested.\n`);
  return installed;
}
