import type { FuzzDaemon } from '../fuzz-daemon.js';
import { describeBytes } from '../fuzz-target.js';
import { exchange } from '../raw-connection.js';

/** The bytes of a client on one of the HTTP servers. */
export interface HttpInput {
  readonly listener: 'public' | 'admin';
  readonly pieces: readonly Buffer[];
  /** The client waits for the head of the answer before it sends the second piece. */
  readonly waits?: boolean;
  readonly resets?: boolean;
  /** The bytes are sent as they are: the profile adds nothing. */
  readonly isBare?: true;
  /** Looks at the first bytes of the answer. Returns what is wrong. */
  readonly check?: (answer: Buffer) => string | undefined;
}

/** A status line, or no answer at all. Only an overloaded or stopping server may answer with a 5xx, which is 503. */
const GOOD_ANSWER = /^$|^HTTP\/1\.1 (?:[1-4]\d\d|503) /;

export function describeHttpInput({ listener, pieces, waits, resets }: HttpInput): string {
  const sent = waits
    ? `${describeBytes(pieces[0]!)}, wait for the answer, send ${describeBytes(...pieces.slice(1))}`
    : describeBytes(...pieces);
  return `${listener} listener: send ${sent}${resets ? ', then reset' : ''}`;
}

/** Plays inputs at the same time. Resolves with everything that is wrong with the answers. */
export async function playHttpInputs(inputs: readonly HttpInput[], daemon: FuzzDaemon): Promise<string[]> {
  const problems = await Promise.all(inputs.map((input) => problemOf(input, daemon)));
  return problems.filter((problem) => problem !== undefined);
}

async function problemOf(input: HttpInput, daemon: FuzzDaemon): Promise<string | undefined> {
  const { listener, waits, resets = false, isBare } = input;
  const { profile } = daemon;
  const pieces = isBare ? input.pieces : profile.dress(input.pieces, listener);
  // Pieces that the profile adds come first.
  const waitAfter = waits ? pieces.length - input.pieces.length : undefined;
  const isPublic = listener === 'public';
  const answer = await exchange({
    port: isPublic ? daemon.publicPort : daemon.adminPort,
    tls: isPublic && profile.usesTls ? {} : undefined,
    pieces,
    resets,
    ...(waitAfter !== undefined && { waitAfter }),
  });
  if (answer === undefined) return `The connection was not closed: ${describeHttpInput(input)}`;
  const text = answer.toString('latin1');
  const wrong = GOOD_ANSWER.test(text.split('\r\n', 1)[0]!) ? input.check?.(answer) : 'an unexpected answer';
  return wrong && `${wrong}: ${describeHttpInput(input)} got ${describeBytes(answer)}`;
}
