import { nameOf, withSubcommands, type CompletedCommand, type CompletedValue } from './completed-command.js';
import { optionCases, pathCases } from './shell-cases.js';
import { singleQuoted } from './single-quoted.js';

const HEAD = `#compdef recodex-monitor
# Completion of recodex-monitor for zsh.
_recodex_monitor() {
  local at= previous=$words[CURRENT-1]
  local -a commands options
  integer i
  if [[ $PREFIX == --*=* ]]; then
    previous=\${PREFIX%%=*}
    compset -P '*='
  fi
  for ((i = 2; i < CURRENT; i++)); do
    case "$at|$words[i]" in`;

// The file of a folder in fpath is the function itself. A sourced script only defines the function.
const TAIL = `  if [[ $PREFIX == -* ]]; then _describe -o option options; else _describe command commands; fi
}
if [[ $funcstack[1] == _recodex-monitor ]]; then _recodex_monitor "$@"; else compdef _recodex_monitor recodex-monitor; fi`;

/** The completion script for zsh: a file \`_recodex-monitor\` in fpath, or a text to source after compinit. */
export function zshScript(program: CompletedCommand): string {
  return `${[
    HEAD,
    ...pathCases(program, 'at').map((line) => `      ${line}`),
    '    esac',
    '  done',
    '  case "$at|$previous" in',
    ...optionCases(program, complete).map((line) => `    ${line}`),
    '  esac',
    '  case $at in',
    ...withSubcommands(program)
      .flatMap(wordsOf)
      .map((line) => `    ${line}`),
    '  esac',
    TAIL,
  ].join('\n')}\n`;
}

function wordsOf({ path, options, argument, commands }: CompletedCommand): string[] {
  const described = options.flatMap(({ names, about }) => names.map((name) => describe(name, about)));
  const children = commands.map((child) => describe(nameOf(child), child.about));
  const completion = argument === undefined || argument === 'text' ? [] : [complete(argument)];
  return [
    `'${path}')`,
    `  options=(${described.join(' ')})`,
    `  commands=(${children.join(' ')})`,
    ...completion.map((command) => `  if [[ $PREFIX != -* ]]; then ${command}; fi`),
    '  ;;',
  ];
}

function complete(value: CompletedValue): string {
  if (value === 'text') return 'return 1';
  if (value === 'file') return '_files; return';
  if (value === 'folder') return '_files -/; return';
  return `compadd -- ${value.map(singleQuoted).join(' ')}; return`;
}

function describe(name: string, about: string): string {
  return singleQuoted(`${name}:${about.replaceAll(':', String.raw`\:`)}`);
}
