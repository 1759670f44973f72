import { documentBlocks, documentPages, type DocumentBlock } from './document-block.js';

/** The blocks of the documentation with shell commands that start one of the programs. */
export function shellBlocksWith(...programs: readonly string[]): DocumentBlock[] {
  return documentPages()
    .flatMap((page) => documentBlocks(page))
    .filter((block) => block.language === 'sh')
    .filter((block) => commandsOf(block).some((command) => programs.includes(programOf(command))));
}

/** The commands of the documentation that start a program, each once. */
export function documentedCommands(program: string): string[] {
  const commands = shellBlocksWith(program).flatMap(commandsOf);
  return [...new Set(commands)].filter((command) => programOf(command) === program);
}

/** The commands of a block in order, without comments. */
function commandsOf({ code }: DocumentBlock): string[] {
  return code
    .replaceAll(/\\\n\s*/g, '')
    .split(/\n| && /)
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

function programOf(command: string): string {
  return command.split(' ', 1)[0]!;
}
