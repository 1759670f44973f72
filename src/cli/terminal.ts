import type { WriteStream } from 'node:tty';

/** The text output of a command. */
export interface Terminal {
  /** Whether a line can be redrawn in place. */
  readonly isTTY: boolean;
  readonly columns: number;
  readonly color: boolean;
  /** Whether the terminal shows characters that are not ASCII. */
  readonly unicode: boolean;
  write(text: string): void;
}

const DEFAULT_COLUMNS = 80;

/** The terminal of a stream. Colors follow https://no-color.org. */
export function terminalOf(stream: WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const isTTY = stream.isTTY && env['TERM'] !== 'dumb';
  return {
    isTTY,
    color: isTTY && !env['NO_COLOR'],
    unicode: hasUnicode(env),
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
    write: (text) => void stream.write(text),
  };
}

// The first of these variables that is not empty decides: setlocale(3). Without any, the locale is C.
function hasUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C';
  return /utf-?8/i.test(locale);
}
