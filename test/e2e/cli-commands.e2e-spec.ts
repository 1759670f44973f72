import { describe, expect, it } from 'vitest';
import { useDaemons } from '../fixtures/daemon.js';

const runs = useDaemons();

describe('The command', () => {
  it('check-config accepts a valid file and reports the problems of an invalid file', async () => {
    const good = runs.start(['check-config', '-c', runs.writeConfig()]);
    expect(await good.exit).toBe(0);
    const bad = runs.start(['check-config', '-c', runs.directory.file('nowhere.yml')]);
    expect(await bad.exit).toBe(78);
    expect(bad.err).toContain('nowhere.yml');
  });

  it('print-config prints a valid file that includes the environment variables', async () => {
    const printed = runs.start(['print-config', '-c', runs.writeConfig()], {
      RECODEX_MONITOR_RETENTION_FINISHED: '60',
    });
    expect(await printed.exit).toBe(0);
    expect(printed.out).toContain('finished: 60');
    const again = runs.start(['check-config', '-c', runs.writeConfig(printed.out)]);
    expect(await again.exit).toBe(0);
  });

  it('--version and --help exit with 0, an unknown option with 64', async () => {
    const [version, help, unknown] = [
      runs.start(['--version']),
      runs.start(['--help']),
      runs.start(['--bogus']),
    ];
    expect(await version.exit).toBe(0);
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await help.exit).toBe(0);
    expect(help.out).toContain('Examples:');
    expect(await unknown.exit).toBe(64);
  });

  it('watch follows simulated jobs to the end', async () => {
    const { ws, zeromq } = await runs.startDaemon();
    const watching = ['good', 'bad'].map((id) => runs.start(['watch', id, '--url', ws]));
    const quick = ['--zeromq', zeromq, '--tasks', '5', '--rate', '1000', '--delay', '0'];
    const simulated = [
      runs.start(['simulate', '--id', 'good', '--outcome', 'ok', ...quick]),
      runs.start(['simulate', '--id', 'bad', '--outcome', 'failed-build', ...quick]),
    ];
    expect(await Promise.all(simulated.map(({ exit }) => exit))).toEqual([0, 0]);
    expect(await Promise.all(watching.map(({ exit }) => exit))).toEqual([0, 1]);
    expect(watching[0]!.out).toContain('5 completed');
  });
});
