import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
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
  it.each([0o600, 0o400, 0o640, 0o440])('reads a file with mode %o', (mode) => {
    expect(readCurveKey(write(`# comment\n\n${pair.secretKey}\n`, mode))).toEqual(pair);
  });

  it.each([0o644, 0o604, 0o602, 0o666])('refuses mode %o, and says how to correct it', (mode) => {
    const shown = `0${mode.toString(8)}`;
    expect(() => readCurveKey(write(pair.secretKey, mode))).toThrow(
      `${file}: mode ${shown} gives other users access: run "chmod o= ${file}"`,
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
    expect(message).toContain(`${file}: not one secret key of 40 characters`);
    expect(message).not.toContain(pair.secretKey);
  });

  it('refuses a file that is missing, a folder, a FIFO and a large file', () => {
    expect(() => readCurveKey(directory.file('missing'))).toThrow('ENOENT');
    mkdirSync(directory.file('folder'));
    expect(() => readCurveKey(directory.file('folder'))).toThrow('not a regular file');
    execFileSync('mkfifo', [directory.file('fifo')]);
    expect(() => readCurveKey(directory.file('fifo'))).toThrow('not a regular file');
    expect(() => readCurveKey(write('#'.repeat(1024 * 1024 + 1)))).toThrow('larger than 1048576 bytes');
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
    expect(() => readCurveClients(write(text))).toThrow(`${file}, line 2: not a public key of 40 characters`);
  });
});

describe('checkFiles', () => {
  it('lists the problems of all files', async () => {
    const settings = defaultSettings();
    settings.zeromq.curve = { key: write(pair.secretKey, 0o644), clients: directory.file('missing') };
    settings.tls = { cert: directory.file('no-cert'), key: directory.file('no-key'), ca: null };
    const check = checkFiles({ settings, file: 'config.yml', warnings: [] });
    await expect(check).rejects.toThrow('config.yml: 4 problems');
    await expect(check).rejects.toThrow('zeromq.curve.key: expected a file with a secret CURVE key, got');
    await expect(check).rejects.toThrow('zeromq.curve.clients: expected a file with public CURVE keys, got');
    await expect(check).rejects.toThrow('tls.cert: expected a file that can be used, got');
  });

  it('accepts settings without files', async () => {
    const check = checkFiles({ settings: defaultSettings(), file: undefined, warnings: [] });
    await expect(check).resolves.toBeUndefined();
  });
});
