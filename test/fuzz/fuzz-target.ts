import type { Random } from '../simulation/random.js';
import type { FuzzDaemon } from './fuzz-daemon.js';
import type { FuzzTargetName } from './fuzz-options.js';

/** A kind of input for the daemon. */
export interface FuzzTarget<Input> {
  readonly name: FuzzTargetName;
  /** Beginnings of errors and warnings that the input may cause in the log. */
  readonly expectedLines?: readonly string[];
  /** Inputs that are played together. */
  readonly batch: number;
  /** Called once in each profile, before the first input. */
  prepare?(daemon: FuzzDaemon): Promise<void>;
  /** Creates an input, which depends on the random numbers only. */
  create(random: Random): Input;
  /** One line that tells a reader how to repeat the input by hand. */
  describe(input: Input): string;
  /** Sends the inputs. Resolves when the daemon has handled them, with everything that is wrong with its answers. */
  play(inputs: readonly Input[], daemon: FuzzDaemon): Promise<string[]>;
}

/** Bytes as a text in JSON, Latin-1, at most 2,000 characters. */
export function describeBytes(...pieces: readonly (Buffer | string)[]): string {
  const text = Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString('latin1');
  const end = text.length > 2000 ? `... (${text.length} bytes)` : '';
  return JSON.stringify(text.slice(0, 2000)).replaceAll('\u007f', String.raw`\u007f`) + end;
}
