import { z } from 'zod';
import { choice, flag, isMapping, keyDocs, seconds } from './kinds.js';
import { isOff } from './read-value.js';

/** The algorithms of tokens: a shared secret, or a key pair of RSA, P-256 or Ed25519. */
export const TOKEN_ALGORITHMS = ['HS256', 'RS256', 'ES256', 'EdDSA'] as const;

export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** Where keys for tokens come from: a file with one key, or a file with a JSON Web Key Set. */
export type TokenKeySource =
  { readonly alg: TokenAlgorithm; readonly file: string } | { readonly jwks: string };

/** Files with keys. Each token is tried with each key of its algorithm, so the number of keys has a bound. */
const MAX_FILES = 16;

const KEYS_EXPECTED =
  `a list of at most ${MAX_FILES} keys such as { alg: HS256, file: /path } or { jwks: /path }, ` +
  `with alg one of ${TOKEN_ALGORITHMS.join(', ')}`;
const AUDIENCE_EXPECTED = 'a text that is not empty, or off';

const path = z.string().refine((text) => text.trim() !== '' && !text.includes('\0'));
const sourceList = z
  .array(
    z.union([z.strictObject({ alg: z.enum(TOKEN_ALGORITHMS), file: path }), z.strictObject({ jwks: path })]),
  )
  .max(MAX_FILES);

/** The keys of `auth`. Without `auth.keys` no client needs a token, as in the original. */
export const auth = z
  .strictObject({
    keys: z
      .unknown()
      .transform((value, context): TokenKeySource[] => {
        const sources = readSources(value);
        if (sources) return sources;
        context.addIssue({ code: 'custom', message: KEYS_EXPECTED });
        return z.NEVER;
      })
      .default(() => [])
      .register(keyDocs, {
        type: 'list of keys',
        expected: KEYS_EXPECTED,
        secret: false,
        sensitive: true,
        defaultNote: 'no keys: clients need no token',
        reloadable: true,
        about:
          'Keys that verify the tokens of clients; see [tokens.md](tokens.md). `{ alg: HS256, file: /path }`: a secret of at least 32 bytes. `{ alg: RS256, file: /path }`, `ES256` and `EdDSA`: a public key in PEM form. `{ jwks: /path }`: a JSON Web Key Set. All keys are tried, so that a key can be replaced. Other users must have no access to a file with a secret, and its group may only read it. In an environment variable, separate keys by commas: `HS256:/path,jwks:/path`.',
      }),
    audience: z
      .unknown()
      .transform((value, context): string | null => {
        if (isOff(value)) return null;
        if (typeof value === 'string' && value.trim() !== '') return value;
        context.addIssue({ code: 'custom', message: AUDIENCE_EXPECTED });
        return z.NEVER;
      })
      .default(null)
      .register(keyDocs, {
        type: 'text or off',
        secret: false,
        expected: AUDIENCE_EXPECTED,
        reloadable: true,
        about:
          'The claim `aud` that each token must have. `off`: the claim is not checked. Set it when the same keys also sign tokens for other services.',
      }),
    legacy: choice({
      reloadable: true,
      of: ['allow', 'deny'],
      default: 'deny',
      about:
        'Clients of the original protocol, which have no token. `deny`: they get 401. `allow`: they read every channel without a token. Only with `auth.keys`.',
    }),
    clock_tolerance: seconds({
      reloadable: true,
      orZero: true,
      default: 10,
      about:
        'How far the clock of the machine that makes the tokens may differ. A token is valid this much longer than its `exp`, and earlier than its `nbf`.',
    }),
    admin: flag({
      default: false,
      about:
        'The admin listener requires a token with `"scope": "admin"`; `metrics` is enough for `/metrics`, and `publish` to publish. Without a token it serves the health probes, and the files of the dashboard and of the page `/api`, which contain no data. Requires `auth.keys`.',
    }),
  })
  .refine(({ keys, admin }) => !(admin === true && Array.isArray(keys) && keys.length === 0), {
    path: ['keys'],
    error: 'at least one key, because auth.admin is true',
    when: isMapping,
  });

function readSources(value: unknown): TokenKeySource[] | undefined {
  if (isOff(value)) return [];
  const items: unknown = typeof value === 'string' ? value.split(',').map(readItem) : value;
  return sourceList.safeParse(items).data;
}

/** Reads one item of an environment variable: `HS256:/path` or `jwks:/path`. */
function readItem(text: string): unknown {
  const [, kind = '', path] = /^\s*(\w+):(.*?)\s*$/.exec(text) ?? [];
  return kind === 'jwks' ? { jwks: path } : { alg: kind, file: path };
}
