import { renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReloadReport } from '../../src/reload/reload-report.js';
import { useDaemons } from '../fixtures/daemon.js';
import { MuteClient } from '../fixtures/mute-client.js';
import type { Run } from '../fixtures/run-main.js';

const daemons = useDaemons();

/** A configuration file without a log file. */
function configuration(text: string): string {
  return `logger: {file: off}\nlimits: {connections: 100}\n${text}`;
}

/** Starts the daemon with a configuration. Resolves with the URLs of its listeners when it is ready. */
async function start(text = ''): Promise<{ daemon: Run; admin: string; http: string }> {
  const env = { RECODEX_MONITOR_ADMIN_URI: '127.0.0.1:0' };
  const daemon = daemons.start(['-c', daemons.writeConfig(configuration(text))], env);
  const [, http, admin] = await daemon.printed(
    /key=websocket_uri.* url=(\S+)\/[^]*key=admin_uri.* url=(\S+)\/[^]*Ready/,
  );
  return { daemon, admin: admin!, http: http! };
}

async function retentionOf(admin: string): Promise<number> {
  const { configuration: settings } = (await (await fetch(`${admin}/status`)).json()) as {
    configuration: { retention: { finished: number } };
  };
  return settings.retention.finished;
}

async function metric(admin: string, name: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return Number(new RegExp(`^recodex_monitor_config_${name} (.*)$`, 'm').exec(text)?.[1]);
}

describe('The daemon', () => {
  it('reloads its configuration on SIGHUP', async () => {
    const { daemon, admin } = await start();
    daemons.writeConfig(configuration('retention: {finished: 7}\njournal: {sync: 5}\n'));
    daemon.child.kill('SIGHUP');
    await daemon.printed(/Opening the log file again, because of SIGHUP/);
    await daemon.printed(/Reloading the configuration cause=SIGHUP/);
    await daemon.printed(
      /Reloaded the configuration applied=retention.finished parts="limits, auth, zeromq, tls"/,
    );
    await daemon.printed(/WARNING\] A change of the configuration needs a restart keys=journal.sync/);
    expect(await retentionOf(admin)).toBe(7);
  });

  it('keeps its configuration when the file has problems, and lists them as check-config does', async () => {
    const { daemon, admin } = await start();
    const loadedAt = await metric(admin, 'last_reload_success_timestamp_seconds');
    expect(loadedAt).toBeGreaterThan(1.7e9);
    expect(await metric(admin, 'last_reload_successful')).toBe(1);
    const file = daemons.writeConfig(configuration('retention: {finished: 7, idle: x}\norigin: []\n'));
    const checked = daemons.start(['check-config', '-c', file]);
    expect(await checked.exit).toBe(78);
    const response = await fetch(`${admin}/-/reload`, { method: 'POST' });
    expect(response.status).toBe(422);
    const { problems } = (await response.json()) as ReloadReport;
    for (const { key, expected, got } of problems)
      expect(checked.err).toContain(`${key}: expected ${expected}${got === undefined ? '' : `, got ${got}`}`);
    expect(problems.map(({ key }) => key).toSorted()).toEqual(['origin', 'retention.idle']);
    await daemon.printed(
      /ERROR\] The configuration is not valid: the monitor keeps the previous one problems=2/,
    );
    await daemon.printed(
      /ERROR\] A problem of the configuration key=retention.idle expected="a number.*" got="/,
    );
    expect(await retentionOf(admin)).toBe(300);
    expect(await metric(admin, 'last_reload_successful')).toBe(0);
    expect(await metric(admin, 'last_reload_success_timestamp_seconds')).toBe(loadedAt);
  });

  it('reads a file that an editor has replaced, and many signals cost few reloads', async () => {
    const { daemon, admin } = await start();
    const next = daemons.directory.file('next.yml');
    writeFileSync(next, configuration('retention: {finished: 8}\n'));
    renameSync(next, daemons.directory.file('config.yml'));
    for (let signal = 0; signal < 50; signal++) daemon.child.kill('SIGHUP');
    await daemon.printed(/Reloaded the configuration/);
    expect(await retentionOf(admin)).toBe(8);
    expect((await fetch(`${admin}/health/ready`)).status).toBe(200);
  });

  it('refuses to reload during the start', async () => {
    const daemon = daemons.start(['-c', daemons.writeConfig(configuration(''))]);
    await daemon.printed(/Starting/);
    daemon.child.kill('SIGHUP');
    await daemon.printed(
      /WARNING\] Refused to reload the configuration reason="The monitor starts: .*" cause=SIGHUP/,
    );
    await daemon.printed(/Ready/);
    expect(daemon.out).not.toContain('Reloaded');
  });

  it('takes a changed shutdown.deadline', async () => {
    const { daemon, admin, http } = await start();
    const client = new MuteClient(Number(new URL(http).port), '/channels/a');
    await client.connect();
    daemons.writeConfig(configuration('shutdown: {drain: 0, deadline: 0.1}\n'));
    expect((await fetch(`${admin}/-/reload`, { method: 'POST' })).status).toBe(200);
    daemon.child.kill('SIGTERM');
    expect(await daemon.exit).toBe(1);
    expect(daemon.out).toContain('The shutdown took longer than shutdown.deadline');
    client.close();
  });
});
