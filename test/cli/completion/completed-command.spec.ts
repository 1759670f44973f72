import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { completedCommand, withSubcommands } from '../../../src/cli/completion/completed-command.js';

function program(): Command {
  const root = new Command('recodex-monitor')
    .version('1')
    .option('-c, --config <file>', 'configuration file');
  root.command('play').addOption(new Option('--outcome <outcome>').choices(['ok', 'bad']));
  root
    .command('keys')
    .option('--out <folder>')
    .option('--name <name>')
    .option('--check <files...>')
    .option('--json');
  root.command('shell').addArgument(new Argument('<shell>').choices(['bash', 'zsh']));
  root.command('token').command('check').argument('<token>');
  root.command('help').argument('[command]');
  return root;
}

describe('a completed command', () => {
  const commands = withSubcommands(completedCommand(program()));
  const at = (path: string) => commands.find((command) => command.path === path)!;

  it('has the path of its names', () => {
    expect(commands.map(({ path }) => path)).toEqual([
      '',
      'play',
      'keys',
      'shell',
      'token',
      'token check',
      'help',
    ]);
  });

  it('has the options of its parents, but not --version', () => {
    const names = (path: string) => at(path).options.flatMap((option) => option.names);
    expect(names('')).toEqual(['-V', '--version', '-c', '--config', '-h', '--help']);
    expect(names('token check')).toEqual(['-c', '--config', '-h', '--help']);
    expect(names('play')).toEqual(['--outcome', '-c', '--config', '-h', '--help']);
  });

  it.each([
    ['play', '--outcome', ['ok', 'bad']],
    ['keys', '--out', 'folder'],
    ['keys', '--name', 'text'],
    ['keys', '--check', 'file'],
    ['keys', '--json', undefined],
    ['keys', '--config', 'file'],
  ])('completes the value of %s %s with %j', (path, name, value) => {
    expect(at(path).options.find(({ names }) => names.includes(name))!.value).toEqual(value);
  });

  it.each([
    ['shell', ['bash', 'zsh']],
    ['token check', 'text'],
    ['help', ['play', 'keys', 'shell', 'token', 'help']],
    ['play', undefined],
  ])('completes the argument of %s with %j', (path, value) => {
    expect(at(path).argument).toEqual(value);
  });
});
