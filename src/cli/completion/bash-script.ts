import { nameOf, withSubcommands, type CompletedCommand, type CompletedValue } from './completed-command.js';
import { optionCases, pathCases } from './shell-cases.js';

const HEAD = `# Completion of recodex-monitor for bash.
_recodex_monitor() {
  local IFS=$'\\n' at= words= options= i
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash splits words at "=".
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at|\${COMP_WORDS[i]}" in`;

/** The completion script for bash 3.2 and newer. */
export function bashScript(program: CompletedCommand): string {
  return `${[
    HEAD,
    ...pathCases(program, 'at').map((line) => `      ${line}`),
    '    esac',
    '  done',
    '  case "$at|$previous" in',
    ...optionCases(program, reply).map((line) => `    ${line}`),
    '  esac',
    '  case $at in',
    ...withSubcommands(program)
      .flatMap(wordsOf)
      .map((line) => `    ${line}`),
    '  esac',
    '  if [[ $current == -* ]]; then words=$options; fi',
    '  if [[ $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi',
    '}',
    'complete -F _recodex_monitor recodex-monitor',
  ].join('\n')}\n`;
}

function wordsOf({ path, options, argument, commands }: CompletedCommand): string[] {
  const words = commands.length > 0 ? commands.map(nameOf) : Array.isArray(argument) ? argument : [];
  const names = options.flatMap((option) => option.names);
  const isPath = argument === 'file' || argument === 'folder';
  return [
    `'${path}')`,
    `  words=${list(words)} options=${list(names)}`,
    ...(isPath ? [`  if [[ $current != -* ]]; then ${reply(argument)}; fi`] : []),
    '  ;;',
  ];
}

/** The commands that complete a value. */
function reply(value: CompletedValue): string {
  if (value === 'text') return 'return';
  if (value === 'file' || value === 'folder')
    return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -${value === 'file' ? 'f' : 'd'} -- "$current")); return`;
  return `COMPREPLY=($(compgen -W ${list(value)} -- "$current")); return`;
}

/** Words in a text of bash. IFS is a line feed. */
function list(words: readonly string[]): string {
  return `$'${words.join(String.raw`\n`)}'`;
}
