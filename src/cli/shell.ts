import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join, relative, resolve } from 'node:path';

/** How this program was started. */
export interface Invocation {
  readonly script: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const COMMAND = 'recodex-monitor';
/** Characters that need escapes in a terminal: control and format characters, line separators, unusual spaces. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
/** What is escaped in `$'...'`. Also quotes: some shells find the end of the word before they read the escapes. */
const ESCAPED = new RegExp(`${UNSAFE.source}|[\\\\']`, 'gu');

/** Quotes a word for sh, bash and zsh. A word with control characters needs bash or zsh. */
export function shellQuote(word: string): string {
  if (/^[\w./][\w./:@%+=,-]*$/.test(word)) return word;
  if (!UNSAFE.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${word.replaceAll(ESCAPED, octalBytes)}'`;
}

/** The command that starts this program in a shell: its name if the shell finds it on the PATH, otherwise its file. */
export function commandName({ script, cwd, env }: Invocation = invocation()): string {
  const hasName = basename(script).replace(/\.(js|cmd|ps1)$/, '') === COMMAND;
  // npx adds the command to a PATH that the user's shell does not have.
  if (hasName && env['npm_command'] !== 'exec' && onPath(script, env)) return COMMAND;
  // `npm run` changes to the folder of the package. INIT_CWD is the user's folder.
  const from = env['npm_lifecycle_event'] === undefined ? cwd : (env['INIT_CWD'] ?? cwd);
  const relativePath = relative(from, script);
  const path = relativePath.startsWith('..') ? script : relativePath;
  if (script.endsWith('.js')) return `node ${shellQuote(path)}`;
  return shellQuote(path.includes('/') ? path : `./${path}`);
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
