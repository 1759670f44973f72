import { withSubcommands, nameOf, type CompletedCommand, type CompletedValue } from './completed-command.js';

/**
 * Cases of bash and zsh for `<path>|<word>`, which follow the words of a command line: a command changes the path in
 * `variable`, and an option with a value skips the next word by `i++`.
 */
export function pathCases(program: CompletedCommand, variable: string): string[] {
  const commands = withSubcommands(program);
  return [
    ...commands.flatMap(({ path, commands: children }) =>
      children.map((child) => `'${path}|${nameOf(child)}') ${variable}='${child.path}' ;;`),
    ),
    `${optionsWithValue(program)
      .map(({ pattern }) => pattern)
      .join(' | ')}) ((i++)) ;;`,
  ];
}

/** Cases of bash and zsh for `<path>|<option>`. `complete` gives the commands that complete the value of the option. */
export function optionCases(
  program: CompletedCommand,
  complete: (value: CompletedValue) => string,
): string[] {
  return optionsWithValue(program).map(({ pattern, value }) => `${pattern}) ${complete(value)} ;;`);
}

function optionsWithValue(program: CompletedCommand): { pattern: string; value: CompletedValue }[] {
  return withSubcommands(program).flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined ? [] : [{ pattern: names.map((name) => `'${path}|${name}'`).join(' | '), value }],
    ),
  );
}
