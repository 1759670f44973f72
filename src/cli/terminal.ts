import type { WriteStream } from 'node:tty';

/** The text output of a command. */
export interface Terminal {
  /** Whether a line can be redrawn in place. */
  readonly isTTY: boolean;
  readonly columns: number;
  readonly color: boolean;
  write(text: string): void;
}

const DEFAULT_COLUMNS = 80;

/** The terminal of a stream. Colors follow https://no-color.org. */
export function terminalOf(stream: WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const isTTY = stream.isTTY && env['TERM'] !== 'dumb';
  return {
    isTTY,
    color: isTTY && !env['NO_COLOR'],
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
    write: (text) => void stream.write(text),
  };
}
