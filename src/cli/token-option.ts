import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { TOKEN_VARIABLE } from '../config/environment.js';
import { errorText } from '../text/error-text.js';

/** A token, or a function that reads the token from its file. The function throws if the file has no token. */
export type ClientToken = string | (() => string);

/** The flags of `tokenOption` and `tokenFileOption`. */
export interface TokenFlags {
  readonly token?: string;
  readonly tokenFile?: string;
  /** The token in the URL of a page. */
  readonly urlToken?: string | undefined;
}

const JWT = /^([\w-]+\.){2}[\w-]+$/;
const EXPECTED = 'expected a JWT: three parts of letters, digits, - and _, separated by dots';

/** The option that gives the token of a monitor with access control. */
export function tokenOption(): Option {
  return new Option(
    '--token <jwt>',
    `token, if the monitor wants one (default: the variable ${TOKEN_VARIABLE}). Other users of this machine can see the options of a process`,
  ).conflicts('tokenFile');
}

/** The option that names the file of the token. */
export function tokenFileOption(): Option {
  return new Option('--token-file <file>', 'file that contains the token; read again for each connection');
}

/**
 * The token of the options, otherwise of the URL, otherwise of the environment. Throws if it is no JWT, and if the file can't be read. The
 * error does not contain the token.
 */
export function clientToken(
  { token, tokenFile, urlToken }: TokenFlags,
  env: NodeJS.ProcessEnv = process.env,
): ClientToken | undefined {
  if (token !== undefined) return checked(token, '--token');
  if (tokenFile !== undefined) {
    readToken(tokenFile);
    return () => readToken(tokenFile);
  }
  if (urlToken !== undefined) return checked(urlToken, '#token=');
  const variable = env[TOKEN_VARIABLE];
  return variable ? checked(variable, TOKEN_VARIABLE) : undefined;
}

/** The token to use now. Throws if the file has none. */
export function currentToken(token: ClientToken | undefined): string | undefined {
  return typeof token === 'function' ? token() : token;
}

/** The header of a request with a token; none without a token. */
export function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`--token-file: can't read the file: ${errorText(error)}`, { cause: error });
  }
  return checked(text, `--token-file ${file}`);
}

// The message tells only the length: a mistyped token may still be a secret.
function checked(text: string, origin: string): string {
  const token = text.trim();
  if (JWT.test(token)) return token;
  throw new Error(`${origin}: ${EXPECTED}, got ${token.length} other characters`);
}
