import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { authorization, clientToken, currentToken } from '../../src/cli/token-option.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const TOKEN = 'e30.e30.flag-_';
const OTHER = 'e30.e30.file';

const directory = useTemporaryDirectory();

function tokenFile(text: string): string {
  const file = directory.file('token');
  writeFileSync(file, text);
  return file;
}

describe('The token of a command', () => {
  it('is the option, otherwise the variable, otherwise nothing', () => {
    const env = { RECODEX_MONITOR_TOKEN: OTHER };
    expect(clientToken({ token: TOKEN }, env)).toBe(TOKEN);
    expect(clientToken({}, env)).toBe(OTHER);
    expect(clientToken({}, {})).toBeUndefined();
    expect(clientToken({}, { RECODEX_MONITOR_TOKEN: '' })).toBeUndefined();
  });

  it('is read from its file again each time, before the variable is considered', () => {
    const file = tokenFile(`${TOKEN}\r\n`);
    const token = clientToken({ tokenFile: file }, { RECODEX_MONITOR_TOKEN: OTHER });
    expect(currentToken(token)).toBe(TOKEN);
    tokenFile(OTHER);
    expect(currentToken(token)).toBe(OTHER);
    tokenFile('');
    expect(() => currentToken(token)).toThrow(`--token-file ${file}: expected a JWT`);
  });

  it('must be a JWT; the error does not contain it', () => {
    for (const secret of ['secret', 'two.parts', `Bearer ${TOKEN}`, `${TOKEN}.four`, 'é.é.é']) {
      const errors = [{ token: secret }, { tokenFile: tokenFile(secret) }].map((flags) => errorOf(flags, {}));
      errors.push(errorOf({}, { RECODEX_MONITOR_TOKEN: secret }));
      for (const error of errors) {
        expect(error).toContain(`expected a JWT`);
        expect(error).toContain(`got ${secret.length} other characters`);
        expect(error).not.toContain(secret);
      }
    }
  });

  it('needs a file that can be read', () => {
    const file = directory.file('nowhere');
    expect(errorOf({ tokenFile: file }, {})).toMatch(/^--token-file: can't read the file: .*ENOENT/);
    expect(errorOf({ tokenFile: directory.path }, {})).toContain('EISDIR');
  });

  it('becomes a header', () => {
    expect(authorization(TOKEN)).toEqual({ Authorization: `Bearer ${TOKEN}` });
    expect(authorization(undefined)).toEqual({});
  });
});

function errorOf(...given: Parameters<typeof clientToken>): string {
  try {
    clientToken(...given);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error');
}
