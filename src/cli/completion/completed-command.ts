import type { Argument, Command, Option } from 'commander';

/** What completes the value of an option or an argument. `text`: nothing does. */
export type CompletedValue = 'file' | 'folder' | 'text' | readonly string[];

/** An option of a command. */
export interface CompletedOption {
  /** `-c` and `--config`, or only one of them. */
  readonly names: readonly string[];
  readonly about: string;
  /** `undefined`: the option has no value. */
  readonly value: CompletedValue | undefined;
}

/** A command, as a shell completes it. */
export interface CompletedCommand {
  /** The names of the command and of its parents, such as `token make`. Empty for the program. */
  readonly path: string;
  readonly about: string;
  /** Its own options, and those of its parents. */
  readonly options: readonly CompletedOption[];
  readonly argument: CompletedValue | undefined;
  readonly commands: readonly CompletedCommand[];
}

/** The options of commander that each command has. */
const HELP: CompletedOption = {
  names: ['-h', '--help'],
  about: 'display help for command',
  value: undefined,
};

/** Reads a command of commander and its subcommands. */
export function completedCommand(
  command: Command,
  parent?: Pick<CompletedCommand, 'path' | 'options'>,
): CompletedCommand {
  const path = parent ? `${parent.path} ${command.name()}`.trim() : '';
  const inherited = parent?.options ?? [HELP];
  const options = [...command.options.filter(({ hidden }) => !hidden).map(completedOption), ...inherited];
  const [first] = command.registeredArguments;
  return {
    path,
    about: command.description(),
    options,
    argument: first && completedArgument(first, command),
    commands: command.commands.map((child) =>
      completedCommand(child, { path, options: options.filter(({ names }) => !names.includes('--version')) }),
    ),
  };
}

/** A command and all commands below it. */
export function withSubcommands(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** The last name of a command's path. */
export function nameOf({ path }: CompletedCommand): string {
  return path.split(' ').at(-1)!;
}

function completedOption({
  short,
  long,
  description,
  flags,
  required,
  optional,
  argChoices,
}: Option): CompletedOption {
  return {
    names: [short, long].filter((name) => name !== undefined),
    about: description,
    value: required || optional ? (argChoices ?? valueNamed(flags)) : undefined,
  };
}

function completedArgument(argument: Argument, command: Command): CompletedValue {
  // `help [command]` takes the name of another command.
  if (argument.name() === 'command') return command.parent?.commands.map((each) => each.name()) ?? 'text';
  return argument.argChoices ?? valueNamed(argument.name());
}

/** @param text contains the name of the value, such as `--out <folder>` */
function valueNamed(text: string): CompletedValue {
  if (/\bfolder\b/.test(text)) return 'folder';
  return /\b(files?|path)(\.\.\.)?>?$/.test(text) ? 'file' : 'text';
}
