import {
  nameOf,
  withSubcommands,
  type CompletedCommand,
  type CompletedOption,
  type CompletedValue,
} from './completed-command.js';

const PROGRAM = 'recodex-monitor';

/** The completion script for fish. */
export function fishScript(program: CompletedCommand): string {
  const commands = withSubcommands(program);
  return `${[
    `# Completion of ${PROGRAM} for fish.`,
    `function __recodex_monitor_at --argument-names expected`,
    `  set -l at ''`,
    `  set -l skip 0`,
    `  set -l words (commandline -opc)`,
    `  for word in $words[2..-1]`,
    `    if test $skip = 1`,
    `      set skip 0`,
    `      continue`,
    `    end`,
    `    switch "$at|$word"`,
    ...commands.flatMap(pathCases),
    `    end`,
    `  end`,
    `  test "$at" = "$expected"`,
    `end`,
    `complete -c ${PROGRAM} -f`,
    ...commands.flatMap(completions),
  ].join('\n')}\n`;
}

function pathCases({ path, options, commands }: CompletedCommand): string[] {
  const skipped = options.filter(({ value }) => value !== undefined).flatMap(({ names }) => names);
  return [
    ...commands.flatMap((child) => [
      `      case ${quoted(`${path}|${nameOf(child)}`)}`,
      `        set at ${quoted(child.path)}`,
    ]),
    `      case ${skipped.map((name) => quoted(`${path}|${name}`)).join(' ')}`,
    `        set skip 1`,
  ];
}

function completions({ path, options, argument, commands }: CompletedCommand): string[] {
  const start = `complete -c ${PROGRAM} -n ${quoted(`__recodex_monitor_at ${quoted(path)}`)}`;
  return [
    ...commands.map((child) => `${start} -a ${quoted(nameOf(child))} -d ${quoted(child.about)}`),
    ...(argument === undefined || argument === 'text'
      ? []
      : [`${start} ${valueOf(argument).replace(/^-[rx] /, '')}`]),
    ...options.map((option) => `${start} ${optionOf(option)}`),
  ];
}

function optionOf({ names, about, value }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [...flags, ...(value === undefined ? [] : [valueOf(value)]), '-d', quoted(about)].join(' ');
}

function valueOf(value: CompletedValue): string {
  if (value === 'text') return '-x';
  if (value === 'file') return '-r -F';
  if (value === 'folder') return `-x -a '(__fish_complete_directories)'`;
  return `-x -a ${quoted(value.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
