import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useDaemons } from '../fixtures/daemon.js';

const daemons = useDaemons();
const SHORT = ['--jobs', '2', '--messages', '10', '--rate', '200'];

describe('recodex-monitor verify', () => {
  it('exits with 0 when everything arrived, and prints a table', async () => {
    const { ws, zeromq } = await daemons.startDaemon();
    const run = daemons.start(['verify', '--url', ws, '--zeromq', zeromq, ...SHORT]);
    expect(await run.exit).toBe(0);
    expect(run.out).toMatch(/OK: each message arrived exactly once and in order, in all of 10 streams.\n$/);
    expect(run.err).toContain('Publishing 20 messages in 2 jobs, watched by 10 streams');
  });

  it('finds the monitor by the configuration, and prints JSON', async () => {
    const { ws, zeromq } = await daemons.startDaemon();
    const env = {
      RECODEX_MONITOR_WEBSOCKET_URI: new URL(ws).host,
      RECODEX_MONITOR_ZEROMQ_URI: new URL(zeromq).host,
    };
    const record = daemons.directory.file('recording.ndjson');
    const run = daemons.start(['verify', '--json', '--record', record, ...SHORT], env);
    expect(await run.exit).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ ok: true, groups: { legacy: { streams: 2 } } });
    const lines = readFileSync(record, 'utf8').split('\n');
    const damaged = daemons.writeConfig(lines.filter((line) => !line.includes('/3/5/')).join('\n'));
    const check = daemons.start(['verify', '--check', damaged]);
    expect(await check.exit).toBe(1);
    expect(check.out).toContain('- legacy (2 of 2 streams): 1 message is missing');
  });

  it('exits with 2 when nothing can be verified', async () => {
    const { ws } = await daemons.startDaemon();
    const other = daemons.start(['verify', '--url', ws, '--zeromq', 'tcp://127.0.0.1:9', ...SHORT]);
    const missing = daemons.start(['verify', '--check', daemons.directory.file('missing')]);
    const nowhere = daemons.start(['verify', '--url', 'http://127.0.0.1:9', '--zeromq', 'tcp://127.0.0.1:9']);
    expect(await Promise.all([other.exit, missing.exit, nowhere.exit])).toEqual([2, 2, 2]);
    expect(missing.err).toMatch(/^error: cannot read /);
    expect(missing.out + nowhere.out).toBe('');
  });

  it('exits with 130 when it is interrupted', async () => {
    const { ws, zeromq } = await daemons.startDaemon();
    const run = daemons.start(['verify', '--url', ws, '--zeromq', zeromq, '--rate', '1']);
    while (!run.err.includes('Publishing'))
      await new Promise((resolve) => run.child.stderr!.once('data', resolve));
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(130);
    expect(run.out).toBe('');
  });
});
