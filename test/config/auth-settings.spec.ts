import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../src/config/address.js';
import { loadSettings } from '../../src/config/load.js';
import { printSettings } from '../../src/config/print.js';
import { useConfigurationFile } from '../fixtures/configuration-file.js';

const file = useConfigurationFile();
const KEYS = 'auth: { keys: [{ alg: HS256, file: /k }] }';

describe('auth.keys', () => {
  it('is empty by default: no client needs a token', () => {
    expect(file.load('').auth).toEqual({
      keys: [],
      audience: null,
      legacy: 'deny',
      clock_tolerance: 10,
      admin: false,
    });
    expect(file.load('auth: { keys: off }').auth.keys).toEqual([]);
  });

  it('is a list of key files and key sets', () => {
    const { keys } = file.load(`auth:
  keys:
    - { alg: HS256, file: /etc/token.key }
    - { alg: EdDSA, file: /etc/api.pem }
    - { jwks: /etc/jwks.json }`).auth;
    expect(keys).toEqual([
      { alg: 'HS256', file: '/etc/token.key' },
      { alg: 'EdDSA', file: '/etc/api.pem' },
      { jwks: '/etc/jwks.json' },
    ]);
  });

  it('can be an environment variable', () => {
    const env = { RECODEX_MONITOR_AUTH_KEYS: 'HS256:/run/a, ES256:/run/b:c,jwks:/run/d' };
    expect(file.load('', env).auth.keys).toEqual([
      { alg: 'HS256', file: '/run/a' },
      { alg: 'ES256', file: '/run/b:c' },
      { jwks: '/run/d' },
    ]);
  });

  it('is printed with the paths of the files, as a file that gives the same settings', () => {
    const settings = file.load(KEYS);
    expect(printSettings(settings)).toContain('file: /k');
    expect(file.load(printSettings(settings)).auth).toEqual(settings.auth);
  });

  it.each([
    '[{ alg: none, file: /k }]',
    '[{ alg: HS512, file: /k }]',
    '[{ alg: HS256 }]',
    '[{ file: /k }]',
    '[{ alg: HS256, file: "" }]',
    '[{ alg: HS256, file: /k, jwks: /j }]',
    '[{ jwks: https://example.org/jwks, alg: RS256 }]',
    '/k',
    '{ alg: HS256, file: /k }',
    '[HS256]',
    '5',
    `[${Array.from({ length: 17 }, () => '{ jwks: /k }').join(', ')}]`,
  ])('is a problem when it is %s', (keys) => {
    expect(file.problems(`auth: { keys: ${keys} }`)).toMatchObject([{ key: 'auth.keys' }]);
  });

  it('is never printed when it is wrong, because a secret may be in the wrong place', () => {
    const lines = file.problemLines('auth: { keys: [{ alg: HS256, secret: hunter2hunter2 }] }');
    expect(lines.join('\n')).toContain('got (hidden)');
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(() => loadSettings(undefined, { RECODEX_MONITOR_AUTH_KEYS: 'hunter2hunter2' })).toThrow(
      '(hidden)',
    );
  });
});

describe('the other keys of auth', () => {
  it.each([
    ['admin: true', 'auth.keys'],
    ['legacy: maybe', 'auth.legacy'],
    ['audience: 5', 'auth.audience'],
    ['audience: ""', 'auth.audience'],
    ['clock_tolerance: -1', 'auth.clock_tolerance'],
    ['key: x', 'auth.key'],
  ])('%s is a problem of %s', (line, key) => {
    expect(file.problems(`auth: { ${line} }`)).toMatchObject([{ key }]);
  });
});

describe('an admin listener that other machines can reach', () => {
  const URI = 'admin_uri: "10.0.0.1:4568"\n';
  const PROBLEM =
    'expected a loopback address such as 127.0.0.1:4568, or auth.admin: true with auth.keys, or admin_public: true if only operators can reach the port';
  const warningsOf = (text: string) => {
    file.load(text);
    return loadSettings(file.path, {}).warnings;
  };

  it('is a problem, with and without auth.keys', () => {
    expect(file.problemLines(URI)).toEqual([`  admin_uri: ${PROBLEM}, got "10.0.0.1:4568"`]);
    expect(file.problemLines(URI + KEYS)).toEqual([`  admin_uri: ${PROBLEM}, got "10.0.0.1:4568"`]);
    // Beside the problems of other keys, and not for an address that can't be parsed.
    expect(file.problemLines(`${URI}trusted_proxies: 5\n`)).toHaveLength(2);
    expect(file.problemLines('admin_uri: nonsense\ntrusted_proxies: 5\n')).toHaveLength(2);
    expect(file.problemLines(`${URI}auth: 5\n`)).toHaveLength(2);
  });

  it('is a problem of the variable that sets the address', () => {
    expect(() => loadSettings(undefined, { RECODEX_MONITOR_ADMIN_URI: '*:4568' })).toThrow(
      `admin_uri: ${PROBLEM}, got "*:4568" (RECODEX_MONITOR_ADMIN_URI)`,
    );
  });

  it('is accepted when it requires tokens or the network protects it', () => {
    expect(warningsOf(`${URI}admin_public: true`)).toEqual([]);
    expect(warningsOf(`${URI}auth: { admin: true, keys: [{ jwks: /k }] }`)).toEqual([]);
    expect(warningsOf(`${URI}admin_public: true\nauth: { admin: true, keys: [{ jwks: /k }] }`)).toEqual([]);
  });

  it('causes one warning when clients need a token and operators do not', () => {
    expect(warningsOf(`${URI}admin_public: true\n${KEYS}`)).toEqual([
      { key: 'admin_public', message: expect.stringContaining('open to everyone who reaches it') },
    ]);
  });

  it.each(['', 'admin_uri: off\n', 'admin_uri: "[::1]:4568"\n'])(
    'is not that of %j: no problem and no warning',
    (text) => {
      expect(warningsOf(text + KEYS)).toEqual([]);
      expect(warningsOf(`${text}admin_public: true\n${KEYS}`)).toEqual([]);
    },
  );

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['lo', true],
    ['*', false],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.org', false],
    ['localhost.example.org', false],
    ['eth0', false],
  ])('is one with the host %s: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });
});
