import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { ContainerEngine } from './engine/container-engine.js';

const JOURNAL = '/var/lib/recodex-monitor';
const IMAGE = 'recodex-monitor:test';
/** The restrictions of docs/containers.md. */
const RESTRICTED = ['--detach', '--read-only', '--cap-drop', 'ALL', '--stop-timeout', '15'];
const JOURNALED = ['--env', `RECODEX_MONITOR_JOURNAL_PATH=${JOURNAL}`];

const engine = new ContainerEngine();
let container = '';

beforeAll(() => {
  engine.docker('build', '--quiet', '--tag', IMAGE, '.');
});

afterEach(() => engine.clear());
afterAll(() => engine.clear());

describe('the image', () => {
  it('contains the program, its two dependencies and the licences', () => {
    const list = (folder: string): string[] =>
      engine.docker('run', '--rm', '--entrypoint', 'ls', IMAGE, folder).trim().split('\n').toSorted();
    expect(list('/opt/recodex-monitor')).toEqual(
      [
        'LICENSE',
        'THIRD_PARTY_LICENSES',
        'bin',
        'dist',
        'healthcheck.mjs',
        'node_modules',
        'package.json',
      ].toSorted(),
    );
    expect(list('/opt/recodex-monitor/node_modules')).toEqual(['cmake-ts', 'ws', 'zeromq']);
  });

  it('runs Node.js 22 as process 1, as the user of the image, without capabilities', async () => {
    await start();
    const status = execute('cat', '/proc/1/status');
    expect(status).toMatch(/^Name:\t(node|recodex-monitor|MainThread)/m);
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^CapEff:\t0000000000000000$/m);
    expect(execute('node', '--version')).toMatch(/^v22\./);
  });

  it('relays a job from ZeroMQ to a WebSocket on a read-only file system', async () => {
    await start();
    simulateJob();
    const seen = execute('recodex-monitor', 'watch', 'job');
    expect(seen).toContain('FINISHED');
    expect(seen).toContain('20 completed, 0 failed');
  });

  it.each([
    ['with the variables of the image', [], 'http://127.0.0.1:4568/'],
    [
      'without an admin listener',
      ['--env', 'RECODEX_MONITOR_ADMIN_URI=off', '--env', 'RECODEX_MONITOR_WEBSOCKET_URI=0.0.0.0:4567'],
      'http://127.0.0.1:4567/',
    ],
  ])('is healthy %s', async (_name, options, address) => {
    await start([...options, '--health-interval', '1s']);
    await vi.waitFor(() => expect(health()).toMatchObject({ Status: 'healthy' }), 20_000);
    expect(health().Log.at(-1)!.Output).toContain(`${address}health/live answers 200`);
  });

  it('is unhealthy when nothing answers', async () => {
    await start();
    const command = ['exec', '--env', 'RECODEX_MONITOR_ADMIN_URI=*:4569', container];
    expect(() => engine.docker(...command, 'node', '/opt/recodex-monitor/healthcheck.mjs')).toThrow(
      expect.objectContaining({
        status: 1,
        stdout: expect.stringContaining('http://127.0.0.1:4569/health/live does not answer'),
      }),
    );
  });

  it('stops by SIGTERM with exit code 0', async () => {
    await start();
    engine.docker('stop', container);
    expect(exitCode()).toBe(0);
    expect(engine.logs(container)).toContain('Shutting down reason=SIGTERM');
  });

  it.each(['SIGTERM', 'SIGKILL'])('continues the channels of a volume after %s', async (signal) => {
    const options = [...JOURNALED, '--volume', `journal:${JOURNAL}`];
    await start(options);
    simulateJob();
    expect(execute('recodex-monitor', 'journal', 'inspect', JOURNAL)).toContain('job');
    engine.docker('kill', '--signal', signal, container);
    engine.docker('wait', container);
    await start(options);
    expect(engine.logs(container)).toContain(`channels=1 messages=25 graceful=${signal === 'SIGTERM'}`);
    expect(execute('recodex-monitor', 'watch', 'job')).toContain('FINISHED');
  });

  it('relays without a volume for the journal, and says so', async () => {
    await start(JOURNALED);
    expect(engine.logs(container)).toMatch(/The journal is not written.*EROFS/);
    simulateJob();
    expect(execute('recodex-monitor', 'watch', 'job')).toContain('FINISHED');
  });

  it('runs with the configuration of the original, and reloads the changed file of a mounted folder', async () => {
    const folder = join(engine.clone, 'mounted');
    mkdirSync(folder);
    const file = join(folder, 'config.yml');
    writeFileSync(file, ORIGINAL_CONFIGURATION);
    await start(['--volume', `${folder}:/etc/recodex/monitor:ro`], ['-c', '/etc/recodex/monitor/config.yml']);
    expect(engine.logs(container)).toContain('[::]:4567');
    expect(engine.logs(container)).not.toContain('ERROR');
    writeFileSync(file, `${ORIGINAL_CONFIGURATION.replace(/\.\.\.\n$/, '')}retention:\n  finished: 77\n`);
    engine.docker('kill', '--signal', 'HUP', container);
    await logged(/Reloaded the configuration applied=retention\.finished/);
  });

  it('exits with 78 when the configuration is wrong', () => {
    container = run(['--env', 'RECODEX_MONITOR_LOGGER_LEVEL=loud']);
    expect(engine.docker('wait', container).trim()).toBe('78');
    expect(engine.logs(container)).toContain('logger.level');
  });
});

/** Starts the image, and resolves when it is ready. */
async function start(options: readonly string[] = [], args: readonly string[] = []): Promise<void> {
  container = run(options, args);
  await logged(/Ready/);
}

function run(options: readonly string[], args: readonly string[] = []): string {
  return engine.docker('run', ...RESTRICTED, ...options, IMAGE, ...args).trim();
}

function logged(text: RegExp): Promise<void> {
  return vi.waitFor(() => expect(engine.logs(container)).toMatch(text), 20_000);
}

function execute(...command: readonly string[]): string {
  return engine.docker('exec', container, ...command);
}

function simulateJob(): void {
  execute('recodex-monitor', 'simulate', '--id', 'job', '--delay', '0', '--rate', '1000');
}

function exitCode(): number {
  return Number(engine.docker('inspect', '--format', '{{.State.ExitCode}}', container));
}

function health(): { Status: string; Log: readonly { Output: string }[] } {
  const text = engine.docker('inspect', '--format', '{{json .State.Health}}', container);
  return JSON.parse(text) as ReturnType<typeof health>;
}
