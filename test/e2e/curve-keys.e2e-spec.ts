import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCurveClients, readCurveKey } from '../../src/config/curve-files.js';
import { useDaemons } from '../fixtures/daemon.js';

const runs = useDaemons();

function file(name: string): string {
  return runs.directory.file(`keys/${name}`);
}

async function curveKeys(...args: string[]): Promise<{ code: number | null; output: string }> {
  const run = runs.start(['curve-keys', '--out', runs.directory.file('keys'), ...args]);
  const code = await run.exit;
  return { code, output: run.out + run.err };
}

function configuration() {
  return {
    RECODEX_MONITOR_ZEROMQ_CURVE_KEY: file('monitor.key'),
    RECODEX_MONITOR_ZEROMQ_CURVE_CLIENTS: file('allowed-clients'),
  };
}

describe('curve-keys', () => {
  it('makes keys that only the owner can read, prints no secret, and says what to do', async () => {
    const { code, output } = await curveKeys();
    expect(code).toBe(0);
    for (const name of ['monitor.key', 'client.key']) {
      expect(statSync(file(name)).mode & 0o777).toBe(0o600);
      expect(output).not.toContain(readCurveKey(file(name)).secretKey);
    }
    expect(statSync(file('.')).mode & 0o777).toBe(0o700);
    expect([...readCurveClients(file('allowed-clients'))]).toEqual([
      [readCurveKey(file('client.key')).publicKey, 'client'],
    ]);
    expect([...readCurveClients(file('monitor.pub')).keys()]).toEqual([
      readCurveKey(file('monitor.key')).publicKey,
    ]);
    expect(output).toContain(file('monitor.key'));
    expect(output).toContain("The broker of ReCodEx can't connect then");
  });

  it('adds another sender, and never replaces a file', async () => {
    await curveKeys();
    const monitorKey = readFileSync(file('monitor.key'), 'utf8');
    expect((await curveKeys('--client', 'ci-runner')).code).toBe(0);
    expect([...readCurveClients(file('allowed-clients')).values()]).toEqual(['client', 'ci-runner']);
    expect(readFileSync(file('monitor.key'), 'utf8')).toBe(monitorKey);
    const again = await curveKeys('--client', 'ci-runner');
    expect(again.code).toBe(1);
    expect(again.output).toContain('ci-runner.key exists: choose another name with --client');
  });

  it.each(['monitor', '../up', '', '-x', 'a b'])('refuses the name %j', async (name) => {
    const { code, output } = await curveKeys(`--client=${name}`);
    expect(code).toBe(64);
    expect(output).toContain('expected up to 64 letters');
  });
});

describe('a daemon with CURVE', () => {
  it('gets jobs from simulate and verify with the keys', { timeout: 60_000 }, async () => {
    await curveKeys();
    const { zeromq, ws, daemon } = await runs.startDaemon(configuration());
    expect(daemon.out).toContain('CURVE is on');
    const keys = [
      '--curve-key',
      file('client.key'),
      '--curve-server',
      file('monitor.pub'),
      '--zeromq',
      zeromq,
    ];
    const simulate = runs.start(['simulate', '--delay', '0', '--rate', '1000', ...keys]);
    expect(await simulate.exit).toBe(0);
    const url = ws.replace('ws:', 'http:');
    const verify = runs.start(['verify', '--url', url, '--messages', '20', '--max-latency', '30', ...keys]);
    expect(await verify.exit).toBe(0);
    const without = runs.start(['simulate', '--delay', '0', '--zeromq', zeromq]);
    expect(await without.exit).toBe(1);
    expect(without.err).toMatch(/requires CURVE|admits no sender from here/);
    expect(daemon.child.exitCode).toBeNull();
  });

  it('does not start with a key that other users can read', async () => {
    await curveKeys();
    chmodSync(file('monitor.key'), 0o644);
    const daemon = runs.start([], configuration());
    expect(await daemon.exit).toBe(78);
    expect(daemon.err).toContain('can read (chmod 640 or 600), got mode 0644');
    const check = runs.start(['check-config'], configuration());
    expect(await check.exit).toBe(78);
  });

  it('does not start with half of the configuration', async () => {
    const { RECODEX_MONITOR_ZEROMQ_CURVE_CLIENTS, RECODEX_MONITOR_ZEROMQ_CURVE_KEY } = configuration();
    for (const env of [{ RECODEX_MONITOR_ZEROMQ_CURVE_CLIENTS }, { RECODEX_MONITOR_ZEROMQ_CURVE_KEY }]) {
      const check = runs.start(['check-config'], env);
      expect(await check.exit).toBe(78);
      expect(check.err).toMatch(/zeromq\.curve\.(key|clients): expected the path of a file, because/);
    }
  });
});

describe('the CURVE options of a sender', () => {
  it('are given together', async () => {
    await curveKeys();
    for (const option of [`--curve-key=${file('client.key')}`, `--curve-server=${file('monitor.pub')}`]) {
      const run = runs.start(['simulate', option]);
      expect(await run.exit).toBe(1);
      expect(run.err).toContain('expected both --curve-key and --curve-server');
    }
  });

  it('name a file with more than one key', async () => {
    await curveKeys();
    const both = runs.directory.file('both');
    const key = readCurveKey(file('client.key')).publicKey;
    writeFileSync(both, `${key}\n${readCurveKey(file('monitor.key')).publicKey}\n`);
    const run = runs.start(['simulate', '--curve-key', file('client.key'), '--curve-server', both]);
    expect(await run.exit).toBe(1);
    expect(run.err).toContain('expected one public key');
  });
});
