import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KeyFile, readKeyFile } from '../../src/config/key-file.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();

function write(content: string, mode = 0o600): string {
  const path = directory.file('key');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** Both ways to read a file. */
const readers = [
  ['read', (path: string) => Promise.resolve().then(() => KeyFile.read(path))],
  ['load', (path: string) => KeyFile.load(path)],
] as const;

describe.each(readers)('KeyFile.%s', (_name, read) => {
  it('has the content of a file', async () => {
    expect((await read(write('secret\n'))).text).toBe('secret\n');
  });

  it('refuses a file that is missing, a folder, a FIFO, a device and a large file', async () => {
    mkdirSync(directory.file('folder'));
    execFileSync('mkfifo', [directory.file('fifo')]);
    const missing = directory.file('missing');
    await expect(read(missing)).rejects.toThrow('expected a file that can be read, got ENOENT');
    for (const path of [directory.file('folder'), directory.file('fifo'), '/dev/zero'])
      await expect(read(path)).rejects.toThrow('expected a regular file, got a directory or a device');
    await expect(read(write('#'.repeat(1024 * 1024 + 1)))).rejects.toThrow(
      'expected a file of at most 1048576 bytes, got 1048577 bytes',
    );
  });
});

describe('a file with a secret', () => {
  it.each([0o600, 0o400, 0o640, 0o440])('may have the mode %o', (mode) => {
    expect(() => KeyFile.read(write('secret', mode)).requireSecret()).not.toThrow();
  });

  it.each([0o644, 0o604, 0o602, 0o601, 0o660, 0o620, 0o610, 0o444, 0o777])(
    'is refused with the mode %o',
    (mode) => {
      const path = write('secret', mode);
      expect(() => readKeyFile(path, (file) => file.requireSecret())).toThrow(
        `${path}: expected a secret that only its owner and its group can read (chmod 640 or 600), got mode 0${mode.toString(8)}`,
      );
    },
  );
});
