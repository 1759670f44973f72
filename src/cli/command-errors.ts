import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { closestName } from '../config/problem.js';
import { escapeUnsafe } from '../text/escape.js';

/** Ends the program with an error when a name is given and no command has this name. */
export function rejectUnknownCommand(program: Command, name: string | undefined): void {
  const known = program.commands.map((command) => command.name());
  if (name === undefined || known.includes(name)) return;
  const meant = closestName(name, known);
  const hint = meant === undefined ? hintFor(name, program) : ` (did you mean ${meant}?)`;
  program.error(`error: unknown command '${escapeUnsafe(name)}'${hint}`, {
    code: 'commander.unknownCommand',
  });
}

/** Makes a command without arguments reject an argument, with a hint that commander does not give. */
export function rejectArguments(command: Command): Command {
  return command.allowExcessArguments().hook('preAction', (_command, { args: [first] }) => {
    if (first === undefined) return;
    command.error(`error: unexpected argument '${escapeUnsafe(first)}'${hintFor(first, command)}`, {
      code: 'commander.excessArguments',
    });
  });
}

function hintFor(text: string, command: Command): string {
  if (/\.ya?ml$/.test(text) || existsSync(text)) return ` (a configuration file is given with -c)`;
  const names = command.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  return ` (see "${names} --help")`;
}
