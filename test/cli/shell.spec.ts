import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { commandName, shellQuote } from '../../src/cli/shell.js';

// Every character but NUL and surrogates. `fc.string({ unit: 'binary' })` needs 300 times the CPU.
const CHARACTER = fc
  .oneof(
    fc.integer({ min: 1, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

describe('shellQuote', () => {
  it.each([
    ['demo', 'demo'],
    ['t01.run-1/2', 't01.run-1/2'],
    ['', "''"],
    ["it's", String.raw`'it'\''s'`],
    ['a b', "'a b'"],
    ['-n', "'-n'"],
    ['=ls', "'=ls'"],
    ['příklad', "'příklad'"],
    ['a\nb\u001b[2J', String.raw`$'a\012b\033[2J'`],
    ['\u202e', String.raw`$'\342\200\256'`],
  ])('writes %j as %s', (word, quoted) => {
    expect(shellQuote(word)).toBe(quoted);
  });

  it('is read by bash as the same word', () => {
    const words = fc.sample(
      fc.array(CHARACTER).map((characters) => characters.join('')),
      200,
    );
    const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
    const read = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    expect(read).toEqual(words);
  });

  it('is read by sh as the same word when it has no control characters', () => {
    const words = ['$HOME `ls` "x" \\ !! ; & | > * ? ~ #', "'", "''a'"];
    const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
  });
});

describe('commandName', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the name when the shell finds this program on the PATH', () => {
    const [bin, other] = [join(folder, 'bin'), join(folder, 'other bin')];
    for (const path of [bin, other]) {
      mkdirSync(path);
      writeFileSync(join(path, 'program.js'), '');
      chmodSync(join(path, 'program.js'), 0o755);
      symlinkSync(join(path, 'program.js'), join(path, 'recodex-monitor'));
    }
    const script = join(bin, 'recodex-monitor');
    const call = (PATH: string) => commandName({ script, cwd: '/', env: { PATH } });
    expect(call(`/no/such/folder:${bin}:${other}`)).toBe('recodex-monitor');
    expect(call(other)).toBe(script.slice(1));
    expect(commandName({ script: join(other, 'recodex-monitor'), cwd: '/nowhere', env: {} })).toBe(
      `'${other}/recodex-monitor'`,
    );
  });

  it("is node with a path relative to the user's folder otherwise", () => {
    const script = '/srv/monitor/dist/main.js';
    expect(commandName({ script, cwd: '/srv/monitor', env: {} })).toBe('node dist/main.js');
    expect(commandName({ script, cwd: '/tmp', env: {} })).toBe('node /srv/monitor/dist/main.js');
    const env = { npm_lifecycle_event: 'demo', INIT_CWD: '/srv' };
    expect(commandName({ script, cwd: '/srv/monitor', env })).toBe('node monitor/dist/main.js');
  });
});
