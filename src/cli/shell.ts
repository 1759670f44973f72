import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join, relative, resolve } from 'node:path';

/** What a shell and `process` tell about how this program was started. */
export interface Invocation {
  readonly script: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const COMMAND = 'recodex-monitor';
/** What a terminal must not get as it is: control and format characters, line separators, odd white space. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** One word of a command line, quoted for sh, bash and zsh; a word with control characters is for bash and zsh. */
export function quote(word: string): string {
  if (/^[\w./][\w./:@%+=,-]*$/.test(word)) return word;
  if (!new RegExp(UNSAFE).test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  // Quotes, too: some shells look for the end of the word before they read the escapes.
  return `$'${word.replaceAll(new RegExp(`${UNSAFE.source}|[\\\\']`, 'gu'), octalBytes)}'`;
}

/** How this program is called, in words for the shell: by its name if the shell finds it by that, else by its file. */
export function commandName({ script, cwd, env }: Invocation = invocation()): string {
  const byName = basename(script).replace(/\.(js|cmd|ps1)$/, '') === COMMAND;
  // npx has put the command on its own PATH, which is not that of the user's shell.
  if (byName && env['npm_command'] !== 'exec' && onPath(script, env)) return COMMAND;
  // `npm run` changes to the folder of the package, and tells where the user is.
  const from = env['npm_lifecycle_event'] === undefined ? cwd : (env['INIT_CWD'] ?? cwd);
  const near = relative(from, script);
  const path = near.startsWith('..') ? script : near;
  if (script.endsWith('.js')) return `node ${quote(path)}`;
  return quote(path.includes('/') ? path : `./${path}`);
}

function invocation(): Invocation {
  return { script: resolve(process.argv[1] ?? COMMAND), cwd: process.cwd(), env: process.env };
}

function onPath(script: string, env: NodeJS.ProcessEnv): boolean {
  const found = (env['PATH'] ?? '').split(delimiter).find((folder) => isExecutable(join(folder, COMMAND)));
  return found !== undefined && realpathSync(join(found, COMMAND)) === realpathSync(script);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function octalBytes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
