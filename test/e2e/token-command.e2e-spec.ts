import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useDaemons } from '../fixtures/daemon.js';
import { markedBlock } from '../fixtures/markdown.js';
import type { Run } from '../fixtures/run-main.js';
import { inSeconds, unsignedToken, useTokenKeys } from '../fixtures/token-keys.js';

const keys = useTokenKeys();
const secret = keys.secret();
const rsa = keys.pair('RS256');
const privateKey = keys.write(rsa.key.export({ type: 'pkcs8', format: 'pem' }));
const runs = useDaemons();

const CONFIG = `auth:
  audience: recodex-monitor
  keys:
    - { alg: HS256, file: ${secret.path} }
    - { alg: RS256, file: ${rsa.path} }
`;

async function ended(run: Run): Promise<Run & { code: number | null }> {
  return { ...run, code: await run.exit, out: run.out, err: run.err };
}

async function token(...args: string[]) {
  return ended(runs.start(['token', ...args, '-c', runs.writeConfig(CONFIG)]));
}

async function check(text: string, ...args: string[]) {
  return token('check', text, ...args);
}

describe('token make', () => {
  it('makes a token that the monitor accepts, and prints nothing else', async () => {
    const made = await token('make', '--channel', 'job-1', 'job-2-*', '--expires', '2h');
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { code, out } = await check(made.out.trim());
    expect(code).toBe(0);
    expect(out).toMatch(/^The monitor accepts this token\.\nExpires: \S+ \(in 1 hour\)\n/);
    expect(out).toContain('Channels: "job-1", all that begin with "job-2-"\n');
  });

  it('signs with a private key', async () => {
    const made = await token('make', '--channel', '*', '--key', privateKey);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(Buffer.from(made.out.split('.')[0]!, 'base64url').toString()).toContain('"RS256"');
    expect((await check(made.out.trim())).out).toContain('Channels: all\n');
  });

  it.each(['admin', 'metrics'])('makes a token with the scope %s, without a channel', async (scope) => {
    const made = await token('make', '--scope', scope);
    expect((await check(made.out.trim())).out).toContain(`Channels: none\nScopes: ${scope}\n`);
  });

  it('warns when the monitor would refuse the token', async () => {
    const other = keys.pair('ES256').key.export({ type: 'pkcs8', format: 'pem' });
    const made = await token('make', '--channel', 'j', '--key', keys.write(other));
    expect([made.code, made.err]).toEqual([0, expect.stringContaining('refuses the token (algorithm)')]);
  });

  it.each([
    [['--expires', '1h'], 64, 'expected --channel ID, or --scope admin'],
    [['--scope', 'publish'], 64, 'expected --channel ID'],
    [['--channel', 'j', '--expires', '0'], 64, 'expected a duration'],
    [['--channel', 'j', '--expires', '1w'], 64, 'expected a duration'],
    [['--channel', 'j', '--scope', 'root'], 64, 'admin, publish, metrics'],
    [
      ['--channel', 'j', '--key', '/nonexistent'],
      1,
      '/nonexistent: expected a file that can be read, got ENOENT',
    ],
    [['--channel', 'j', '--key', rsa.path], 1, 'expected a private key in PEM form'],
  ] as const)('%j is an error', async (args, code, text) => {
    const made = await token('make', ...args);
    expect([made.code, made.out]).toEqual([code, '']);
    expect(made.err).toContain(text);
  });

  it('needs a key', async () => {
    const made = await ended(runs.start(['token', 'make', '--channel', 'j']));
    expect([made.code, made.err]).toEqual([1, expect.stringContaining('--key FILE')]);
  });
});

describe('token check', () => {
  it.each([
    ['expired', () => secret.sign({ aud: 'recodex-monitor', exp: inSeconds(-60) })],
    ['audience', () => secret.sign({ aud: 'other' })],
    ['signature', () => keys.secret('z'.repeat(40)).sign({ aud: 'recodex-monitor' })],
    ['algorithm', () => unsignedToken({ alg: 'none' }, { exp: inSeconds(60) })],
    ['malformed', () => 'hello'],
    ['claims', () => secret.sign({ aud: 'recodex-monitor', channels: 'j' })],
  ])('says what is wrong: %s', async (reason, make) => {
    const { code, out } = await check(await make());
    expect([code, out]).toEqual([1, expect.stringContaining(`refuses this token (${reason}). `)]);
  });

  it('says whether the token permits a channel', async () => {
    const valid = await secret.sign({ aud: 'recodex-monitor', channels: ['job-1'] });
    expect((await check(valid, '--channel', 'job-1')).code).toBe(0);
    const other = await check(valid, '--channel', 'job-10');
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('(channel)')]);
  });

  it('prints control characters of a claim in escaped form', async () => {
    const hostile = await secret.sign({
      aud: 'recodex-monitor',
      channels: ['\u001b[31m\n'],
      scope: '\u001b[2J',
    });
    const { code, out } = await check(hostile);
    expect([code, out.includes('\u001b')]).toEqual([0, false]);
  });
});

describe('a configuration with keys', () => {
  it('that others can read does not start the monitor', async () => {
    const open = keys.secret();
    chmodSync(open.path, 0o644);
    const config = runs.writeConfig(`auth: { keys: [{ alg: HS256, file: ${open.path} }] }`);
    for (const command of [['run'], ['check-config']]) {
      const { code, err } = await ended(runs.start([...command, '-c', config]));
      expect([code, err]).toEqual([78, expect.stringContaining('got mode 0644')]);
    }
  });

  it('is printed with paths, not with secrets', async () => {
    const { out } = await ended(runs.start(['print-config', '-c', runs.writeConfig(CONFIG)]));
    expect(out).toContain(secret.path);
    expect(out).not.toContain(readFileSync(secret.path, 'utf8').trim());
  });
});

describe('the running monitor', () => {
  it('takes a made token, and logs no token', async () => {
    const env = { RECODEX_MONITOR_AUTH_KEYS: `HS256:${secret.path}`, RECODEX_MONITOR_LOGGER_LEVEL: 'debug' };
    const { daemon, ws } = await runs.startDaemon(env);
    const read = async (text: string) => {
      const headers = { Accept: 'application/json', Authorization: `Bearer ${text}` };
      return (await fetch(`${ws.replace('ws', 'http')}/channels/j`, { headers })).status;
    };
    const made = (await token('make', '--channel', 'j')).out.trim();
    const expired = await secret.sign({ channels: ['j'], exp: inSeconds(-60) });
    expect([await read(made), await read(expired), await read('a.b.c')]).toEqual([404, 401, 401]);
    await daemon.printed(/Refused a request because of its token/);
    daemon.child.kill('SIGTERM');
    await daemon.exit;
    const log = daemon.out + daemon.err;
    for (const hidden of [made, expired, ...made.split('.')]) expect(log).not.toContain(hidden);
  });

  it('loads the library for tokens only with auth.keys', async () => {
    const loaded = async (env: Record<string, string>): Promise<boolean> => {
      const coverage = runs.directory.file(`coverage-${Object.keys(env).length}`);
      const { daemon } = await runs.startDaemon({ ...env, NODE_V8_COVERAGE: coverage });
      daemon.child.kill('SIGTERM');
      await daemon.exit;
      const reports = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
      return reports.some((report) => /\/dist\/lib\/(webapi|jose)/.test(report));
    };
    expect(await loaded({})).toBe(false);
    expect(await loaded({ RECODEX_MONITOR_AUTH_KEYS: `HS256:${secret.path}` })).toBe(true);
  });
});

describe('the examples of docs/tokens.md make tokens that the monitor accepts', () => {
  const page = readFileSync('docs/tokens.md', 'utf8');
  const local = (text: string): string => text.replaceAll('/etc/recodex/monitor/token.key', secret.path);
  /** What the monitor says about a token for the channel `job-1`. */
  const checked = async (made: string): Promise<unknown> => {
    const { code, out } = await check(made.trim(), '--channel', 'job-1');
    return [code, out.split('\n')[2]];
  };
  const accepted = [0, 'Channels: "job-1"'];
  const hasPhp = spawnSync('php', ['-r', 'exit(extension_loaded("openssl") ? 0 : 1);']).status === 0;

  it('Node.js', async () => {
    const script = local(markedBlock(page, 'node'));
    expect(
      await checked(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
      ),
    ).toEqual(accepted);
  });

  it('Python', async () => {
    const script = local(markedBlock(page, 'python'));
    expect(await checked(execFileSync('python3', ['-c', script], { encoding: 'utf8' }))).toEqual(accepted);
  });

  it.runIf(hasPhp)('PHP, with a secret and with an RSA key', async () => {
    const script = local(markedBlock(page, 'php'));
    expect(await checked(execFileSync('php', { input: script, encoding: 'utf8' }))).toEqual(accepted);
    const signature = markedBlock(page, 'php-rsa').replace('/etc/recodex/api-private.pem', privateKey);
    const withRsa = script.replace("'HS256'", "'RS256'").replace(/ *\$signature = .*\n/, () => signature);
    expect(await checked(execFileSync('php', { input: withRsa, encoding: 'utf8' }))).toEqual(accepted);
  });
});
