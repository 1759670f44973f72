import { describe, expect, it } from 'vitest';
import { TokenClaims } from '../../src/auth/token-claims.js';
import { TokenFault } from '../../src/auth/token-fault.js';

function permits(channels: unknown, id: string): boolean {
  return TokenClaims.read({ exp: 1, channels }).permitsChannel(id);
}

describe('the claim channels', () => {
  it.each([
    [['job-1'], 'job-1', true],
    [['job-1'], 'job-10', false],
    [['job-1'], 'job-', false],
    [['job-1'], 'JOB-1', false],
    [['job-1-*'], 'job-1-a', true],
    [['job-1-*'], 'job-10', false],
    [['job-1*'], 'job-10', true],
    [['a', 'b'], 'b', true],
    [['*'], 'anything', true],
    [['a*c'], 'abc', false],
    [['a*c'], 'a*c', true],
    [['**'], 'a', false],
    [['**'], '*a', true],
    [[], 'a', false],
    [undefined, 'a', false],
    [['a'], '__proto__', false],
    [['__proto__'], '__proto__', true],
    [['a'], 'constructor', false],
    [['a'], 'length', false],
    [['a'], '0', false],
  ])('%j: permits %s: %s', (channels, id, expected) => {
    expect(permits(channels, id)).toBe(expected);
  });

  it.each(['*', {}, { 0: 'a', length: 1 }, [1], [''], [['a']], [null], null, true])(
    'is refused when it is %j',
    (channels) => {
      expect(() => permits(channels, 'a')).toThrow(TokenFault);
    },
  );

  it('is not taken from a prototype', () => {
    const payload = JSON.parse('{"exp":1,"__proto__":{"channels":["*"],"scope":"admin"}}') as object;
    expect(TokenClaims.read(payload)).toMatchObject({ channels: [], scopes: [] });
    expect(
      TokenClaims.read(Object.create({ channels: ['*'], exp: 2 }, { exp: { value: 1 } }) as object),
    ).toMatchObject({ channels: [] });
  });
});

describe('the other claims', () => {
  it.each(['{}', '{"exp":"1"}', '{"exp":1e999}', '{"exp":1e300}', '{"exp":null}'])(
    'without a usable exp are refused: %s',
    (json) => {
      expect(() => TokenClaims.read(JSON.parse(json) as object)).toThrow('claim exp');
    },
  );

  it('contain scopes as words', () => {
    const { scopes } = TokenClaims.read({ exp: 1, scope: 'publish  admin' });
    expect(scopes).toEqual(['publish', 'admin']);
    expect(TokenClaims.read({ exp: 1, scope: 'administrator' }).hasScope('admin')).toBe(false);
    expect(() => TokenClaims.read({ exp: 1, scope: ['admin'] })).toThrow('claim scope');
  });

  it('of other programs are ignored', () => {
    expect(TokenClaims.read({ exp: 1, role: 'x', sub: 5 }).channels).toEqual([]);
  });
});
