import { chmodSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/config/check-files.js';
import { readCurveClients, readCurveKey } from '../../src/config/curve-files.js';
import { createCurveKeyPair } from '../../src/config/curve-key.js';
import { defaultSettings } from '../../src/config/settings.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
const pair = createCurveKeyPair();
let file: string;

function write(text: string, mode = 0o600): string {
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

beforeEach(() => {
  file = directory.file('key');
});

describe('readCurveKey', () => {
  it('reads a secret with comments', () => {
    expect(readCurveKey(write(`# comment\n\n${pair.secretKey}\n`))).toEqual(pair);
  });

  it('refuses a secret that other users can read', () => {
    expect(() => readCurveKey(write(pair.secretKey, 0o644))).toThrow(
      `${file}: expected a secret that only its owner and its group can read (chmod 640 or 600), got mode 0644`,
    );
  });

  it.each([
    '',
    '# only a comment',
    'short',
    `${pair.secretKey} name`,
    `${pair.secretKey}\n${pair.publicKey}`,
  ])('refuses the content %j without showing it', (text) => {
    let message = '';
    try {
      readCurveKey(write(text));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(`${file}: expected one secret key of 40 characters`);
    expect(message).not.toContain(pair.secretKey);
  });
});

describe('readCurveClients', () => {
  it('reads keys with names and comments', () => {
    const other = createCurveKeyPair().publicKey;
    const text = `\uFEFF# senders\r\n${pair.publicKey} ci runner # since May\r\n\n\t${other}\n`;
    expect([...readCurveClients(write(text, 0o644))]).toEqual([
      [pair.publicKey, 'ci runner'],
      [other, ''],
    ]);
  });

  it('reads an empty file as no sender', () => {
    expect(readCurveClients(write('')).size).toBe(0);
  });

  it('names the line with an incomplete key', () => {
    const text = `${pair.publicKey} a\n${pair.publicKey.slice(0, 30)}`;
    expect(() => readCurveClients(write(text))).toThrow(
      `${file}: expected a public key of 40 characters (Z85) in line 2, got something else`,
    );
  });
});

describe('checkFiles', () => {
  it('lists the problems of all files', async () => {
    const settings = defaultSettings();
    settings.zeromq.curve = { key: write(pair.secretKey, 0o644), clients: directory.file('missing') };
    settings.tls = { cert: directory.file('no-cert'), key: directory.file('no-key'), ca: null };
    const check = checkFiles({ settings, file: 'config.yml', warnings: [] });
    await expect(check).rejects.toThrow('config.yml: 4 problems');
    await expect(check).rejects.toThrow('zeromq.curve.key: expected a secret that only its owner');
    await expect(check).rejects.toThrow('zeromq.curve.clients: expected a file that can be read, got ENOENT');
    await expect(check).rejects.toThrow('tls.cert: expected a file that can be read, got ENOENT');
  });

  it('accepts settings without files', async () => {
    const check = checkFiles({ settings: defaultSettings(), file: undefined, warnings: [] });
    await expect(check).resolves.toBeUndefined();
  });
});
