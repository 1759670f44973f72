import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/config/check-files.js';
import { readRelayAuthorities, readRelayPassword } from '../../src/config/relay-files.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { useCertificates } from '../fixtures/certificates.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
let file: string;

function write(text: string, mode = 0o600): string {
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** The problem that check-config reports. `undefined`: none. */
function problemOf(relay: Partial<Settings['relay']>): Promise<string | undefined> {
  const settings = defaultSettings();
  const changed = { ...settings, relay: { ...settings.relay, url: 'rediss://redis', ...relay } };
  return checkFiles({ settings: changed, file: undefined, warnings: [] }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

beforeEach(() => {
  file = directory.file('relay');
});

describe('relay.password_file', () => {
  it.each([
    ['secret', 'secret'],
    ['two words \n', 'two words '],
    ['windows\r\n', 'windows'],
    ['first\nsecond\n', 'first'],
  ])('%j is the password %j', async (text, password) => {
    expect(readRelayPassword(write(text, 0o640))).toBe(password);
    expect(await problemOf({ password_file: file })).toBeUndefined();
  });

  it.each(['', '\n', '\nsecond'])('may not begin with an empty line: %j', async (text) => {
    expect(await problemOf({ password_file: write(text) })).toMatch(
      /relay\.password_file.*a password in the first line/s,
    );
  });

  it('may not be open to other users, and is never shown', async () => {
    const problem = await problemOf({ password_file: write('top-secret', 0o644) });
    expect(problem).toMatch(/relay\.password_file.*chmod 640 or 600.*mode 0644/s);
    expect(problem).not.toContain('top-secret');
  });

  it('must exist', async () => {
    expect(await problemOf({ password_file: file })).toContain('relay.password_file');
  });
});

describe('relay.ca', () => {
  const certificates = useCertificates();
  const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  const certificate = (): string => readFileSync(certificates.make().cert, 'utf8');

  it('is a PEM file that all users may read', async () => {
    const bundle = `# two authorities\n${certificate()}${certificate()}`;
    expect(readRelayAuthorities(write(bundle, 0o644))).toBe(bundle);
    expect(await problemOf({ ca: file })).toBeUndefined();
  });

  it.each([
    ['a key', 'a certificate in PEM format', () => '-----BEGIN PRIVATE KEY-----'],
    ['a damaged certificate', 'certificate 2', () => certificate() + damaged],
    ['half of a certificate', 'complete certificates', () => certificate().slice(0, 300)],
  ])('may not be %s', async (_title, reason, text) => {
    const problem = await problemOf({ ca: write(text()) });
    expect(problem).toContain('relay.ca');
    expect(problem).toContain(reason);
  });

  it('must exist', async () => {
    expect(await problemOf({ ca: file })).toContain('relay.ca');
  });
});
