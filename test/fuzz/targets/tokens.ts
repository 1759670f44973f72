import { Random } from '../../simulation/random.js';
import { inSeconds, unsignedToken } from '../../fixtures/token-keys.js';
import { upgradeFields, WEBSOCKET_FIELDS } from '../../fixtures/raw-http.js';
import { mutateText } from '../byte-mutations.js';
import type { FuzzDaemon } from '../fuzz-daemon.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { SecuredProfile } from '../profiles/secured-profile.js';
import type { TokenForge } from '../profiles/token-forge.js';
import { playHttpInputs, type HttpInput } from './http-exchange.js';
import {
  createTokenInput,
  TOKEN_CHANNEL,
  TOKEN_REQUESTS,
  type TokenInput,
  type TokenRequest,
  type TokenRequestName,
} from './token-input.js';

/** The answers to a request whose token is accepted. 404: no such channel. */
const ACCEPTED = /^HTTP\/1\.1 (?:101|200|202|404) /;

/** The answers that say nothing about the token. */
const BUSY = /^HTTP\/1\.1 (?:429|503) /;

/**
 * Tokens: valid, mutated, with odd headers and claims, signed by strange keys, with the wrong algorithm, or not at all. An
 * accepted token must pass an independent check, and a valid token must be accepted.
 */
export const tokensTarget: FuzzTarget<TokenInput> = {
  name: 'tokens',
  batch: 200,
  create: createTokenInput,
  describe: (input) => JSON.stringify(input),
  play: playTokenInputs,
};

/** Sends the tokens at the same time. Resolves with everything that is wrong with the answers. */
export function playTokenInputs(inputs: readonly TokenInput[], daemon: FuzzDaemon): Promise<string[]> {
  const { profile } = daemon;
  if (!(profile instanceof SecuredProfile)) throw new Error('expected the profile secured');
  return playHttpInputs(
    inputs.map((input) => httpInput(input, profile.forge)),
    daemon,
  );
}

function httpInput(input: TokenInput, forge: TokenForge): HttpInput {
  const demand: TokenRequest = TOKEN_REQUESTS[input.request];
  const token = tokenOf(input, forge);
  return {
    listener: demand.listener,
    pieces: [Buffer.from(requestOf(input.request, token), 'latin1')],
    isBare: true,
    // Node.js drops a request when its client ends its side before the answer.
    waits: true,
    check(answer) {
      const line = answer.toString('latin1').split('\r\n', 1)[0]!;
      const isAccepted = ACCEPTED.test(line);
      if (isAccepted && !forge.isGenuine(asRead(token, input.request), demand))
        return 'accepted a token that is not genuine';
      if (!isAccepted && input.kind === 'valid' && !BUSY.test(line)) return 'refused a valid token';
      return undefined;
    },
  };
}

function tokenOf({ kind, key, header, claims, change }: TokenInput, forge: TokenForge): string {
  const now = inSeconds(0);
  const times = Object.entries(claims).map(([name, value]) => [
    name,
    (name === 'exp' || name === 'nbf') && typeof value === 'number' ? now + value : value,
  ]);
  const absolute = Object.fromEntries(times) as Record<string, unknown>;
  const made = {
    valid: () => forge.token(key, absolute),
    signed: () => forge.token(key, absolute, header),
    confused: () => forge.confused(absolute),
    unsigned: () => unsignedToken({ alg: 'none', ...header }, absolute),
  };
  const token = made[kind]();
  // A line break would end the header.
  return change === undefined ? token : mutateText(token, new Random(change)).replaceAll(/[\r\n]/g, '');
}

/** The token as the daemon reads it: HTTP ignores blanks around a value, and a comma ends a sub-protocol. */
function asRead(token: string, request: TokenRequestName): string {
  const text = Buffer.from(token, 'latin1').toString('latin1');
  return (request === 'subprotocol' ? text.split(',', 1)[0]! : text).trim();
}

function requestOf(request: TokenRequestName, token: string): string {
  const authorization = `Authorization: Bearer ${token}\r\n`;
  const path = `/channels/${TOKEN_CHANNEL}`;
  if (request === 'status')
    return `GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${authorization}\r\n`;
  if (request === 'summary')
    return `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: application/json\r\n${authorization}\r\n`;
  if (request === 'publish')
    return `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 18\r\n${authorization}\r\n{"command":"NEWS"}`;
  const field =
    request === 'upgrade' ? authorization : `Sec-WebSocket-Protocol: token.${token}, recodex.v1\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: x\r\n${upgradeFields('websocket')}${WEBSOCKET_FIELDS}${field}\r\n`;
}
