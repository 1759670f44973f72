import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { BuildContext } from './build-context.js';
import { Dockerfile } from './dockerfile.js';
import { ImageContainer, JOURNAL, type ContainerOptions } from './image-container.js';

const BUILD_TIMEOUT = 300_000;

const dockerfile = new Dockerfile();
let directory: string;
let root: string;
let container: ImageContainer | undefined;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'recodex-monitor-image-'));
  root = join(directory, 'root');
  buildImage(join(directory, 'src'));
  ImageContainer.createRoot(root, join(directory, 'src/dist-system/image'), dockerfile);
}, BUILD_TIMEOUT);

afterEach(() => container?.kill());
// The folder has the files of all build tools.
afterAll(() => rmSync(directory, { recursive: true, force: true }), BUILD_TIMEOUT);

describe('the image', () => {
  it('contains the program, its two dependencies and the licences', () => {
    const contents = readdirSync(join(root, 'opt/recodex-monitor')).toSorted();
    expect(contents).toEqual(
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
    expect(readdirSync(join(root, 'opt/recodex-monitor/node_modules'))).toEqual(['cmake-ts', 'ws', 'zeromq']);
  });

  it('runs Node.js as process 1, as the user of the image, without capabilities', async () => {
    container = await startedContainer();
    expect(container.status('Name')).toMatch(/^(node|recodex-monitor|MainThread)/);
    expect(container.status('NSpid').split(' ').at(-1)).toBe('1');
    expect(container.status('Uid')).toBe('1000 1000 1000 1000');
    expect(container.status('CapEff')).toBe('0000000000000000');
  });

  it('relays a job from ZeroMQ to a WebSocket on a read-only file system', async () => {
    container = await startedContainer();
    await container.execute(['recodex-monitor', 'simulate', '--id', 'job', '--delay', '0', '--rate', '1000']);
    const seen = await container.execute(['recodex-monitor', 'watch', 'job']);
    expect(seen).toContain('FINISHED');
    expect(seen).toContain('20 completed, 0 failed');
  });

  it('is healthy while it runs', async () => {
    container = await startedContainer();
    expect(await container.execute(dockerfile.command('HEALTHCHECK'))).toContain('answers 200');
  });

  it('is healthy without an admin listener', async () => {
    const variables = { RECODEX_MONITOR_ADMIN_URI: 'off', RECODEX_MONITOR_WEBSOCKET_URI: '[::]:4567' };
    container = await startedContainer({ variables });
    expect(await container.execute(dockerfile.command('HEALTHCHECK'))).toContain('[::1]:4567');
  });

  it('is unhealthy when nothing answers', async () => {
    container = await startedContainer();
    const elsewhere = { RECODEX_MONITOR_ADMIN_URI: '*:4569' };
    await expect(container.execute(dockerfile.command('HEALTHCHECK'), elsewhere)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('http://127.0.0.1:4569/health/live does not answer'),
    });
  });

  it('stops by SIGTERM with exit code 0', async () => {
    container = await startedContainer();
    expect(await container.stop()).toBe(0);
    expect(container.output).toContain('Shutting down reason=SIGTERM');
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('continues the channels of a volume after %s', async (signal) => {
    // As an engine fills a new volume: with the folder of the image and its owner.
    const volume = join(directory, `volume-${signal}`);
    execFileSync('cp', ['-a', join(root, JOURNAL), volume]);
    const options = { volume, variables: { RECODEX_MONITOR_JOURNAL_PATH: JOURNAL } };
    container = await startedContainer(options);
    await container.execute(['recodex-monitor', 'simulate', '--id', 'job', '--delay', '0', '--rate', '1000']);
    expect(await container.execute(['recodex-monitor', 'journal', 'inspect', JOURNAL])).toContain('job');
    await container.stop(signal);
    container = await startedContainer(options);
    expect(container.output).toContain(`channels=1 messages=25 graceful=${signal === 'SIGTERM'}`);
    expect(await container.execute(['recodex-monitor', 'watch', 'job'])).toContain('FINISHED');
  });

  it('relays without a volume for the journal, and says so', async () => {
    container = await startedContainer({ variables: { RECODEX_MONITOR_JOURNAL_PATH: JOURNAL } });
    expect(container.output).toMatch(/The journal is not written.*EROFS/);
    await container.execute(['recodex-monitor', 'simulate', '--id', 'job', '--delay', '0', '--rate', '1000']);
    expect(await container.execute(['recodex-monitor', 'watch', 'job'])).toContain('FINISHED');
  });

  it('runs with the configuration of the original, which is for a machine without containers', async () => {
    const file = join(root, 'opt/config.yml');
    writeFileSync(file, ORIGINAL_CONFIGURATION);
    container = await startedContainer({ args: ['-c', '/opt/config.yml'] });
    expect(container.output).toContain('[::]:4567');
    expect(container.output).not.toContain('ERROR');
  });

  it('exits with 78 when the configuration is wrong', async () => {
    const variables = { RECODEX_MONITOR_LOGGER_LEVEL: 'loud' };
    container = ImageContainer.start(root, dockerfile, { variables });
    expect(await container.ended()).toBe(78);
    expect(container.output).toContain('logger.level');
  });
});

/** Runs the steps of the build stage in order. `folder` is its working directory. */
function buildImage(folder: string): void {
  const context = new BuildContext();
  mkdirSync(folder);
  const [manifest, script, sources] = dockerfile.copies;
  const [install, build] = dockerfile.buildRuns;
  for (const { sources: files, destination } of [manifest!, script!])
    context.copy(files, join(folder, destination));
  runStep(install!, folder);
  context.copy(sources!.sources, join(folder, sources!.destination));
  runStep(build!, folder);
}

function runStep(command: string, folder: string): void {
  // With the home directory, npm uses the cache and the settings of the user. The error of a failed step has its stderr.
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME };
  execFileSync('sh', ['-c', command], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function startedContainer(options: ContainerOptions = {}): Promise<ImageContainer> {
  const started = ImageContainer.start(root, dockerfile, options);
  await started.logs('Ready');
  return started;
}
