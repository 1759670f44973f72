import { expect, vi } from 'vitest';
import type { ContainerEngine } from './container-engine.js';

/** What a documented command does. `output` is what it has printed. Throws when the effect is missing. */
type Effect = (engine: ContainerEngine, command: string, output: string) => unknown;

const JOURNALED = '/var/lib/recodex-monitor';
const PUBLIC = 'http://127.0.0.1:4567';
/** The summary that `watch` prints at the end of a job. */
const OUTCOME = /\d+ (completed|ok), \d+ failed/;

/** The first pattern that fits a command names its effect. */
export const EFFECTS: readonly (readonly [RegExp, Effect])[] = [
  [/^docker build .*--tag (\S+)/, hasImage],
  [/^docker run --rm .* check-config/, (_engine, _command, output) => expect(output).toContain('is valid')],
  [/^docker run --detach/, runsMonitor],
  [/^docker exec .* print-config/, (_engine, _command, output) => expect(output).toContain('websocket_uri')],
  [/^docker (compose )?kill --signal HUP/, reloads],
  [/^docker (compose )?logs/, (_engine, _command, output) => expect(output).toMatch(/Reloaded|Ready/)],
  [/^docker (stop|rm) /, hasEnded],
  [/^docker compose .*compose\.secure\.yml up/, (engine) => showsJob(engine, 'https://127.0.0.1:4567', 401)],
  [/^docker compose .*compose\.scaled\.yml up/, (engine) => showsJob(engine, 'http://127.0.0.1:8080')],
  [/^docker compose .*compose\.scaled\.yml kill --signal HUP haproxy/, showsJobThroughNewWorker],
  [/^docker compose up/, (engine) => showsJob(engine, PUBLIC)],
  [/^docker compose exec .* watch demo/, (_engine, _command, output) => expect(output).toMatch(OUTCOME)],
  [/^docker compose down/, (engine) => expect(engine.docker('ps', '--all', '--quiet')).toBe('')],
  [/^recodex-monitor token make/, watchesWithToken],
];

function hasImage(engine: ContainerEngine, command: string): void {
  const [, tag] = /--tag (\S+)/.exec(command)!;
  const labels = JSON.parse(
    engine.docker('image', 'inspect', tag!, '--format', '{{json .Config.Labels}}'),
  ) as Record<string, string>;
  const revision = command.includes('REVISION=') ? engine.shell('git rev-parse HEAD').trim() : 'unknown';
  expect(labels['org.opencontainers.image.revision']).toBe(revision);
}

async function runsMonitor(engine: ContainerEngine, command: string): Promise<void> {
  await answers(engine, `${PUBLIC}/health/ready`, '200');
  if (command.includes('--publish 127.0.0.1:4568'))
    await answers(engine, 'http://127.0.0.1:4568/metrics', '200');
  if (command.includes('--publish 192.0.2.1:7894')) relaysJob(engine, '192.0.2.1:7894');
  if (command.includes(JOURNALED)) await keepsChannels(engine, command);
}

/** Sends a job as a broker does, and watches it as a client does. */
function relaysJob(engine: ContainerEngine, zeromq: string): void {
  engine.shell(`recodex-monitor simulate --id job --delay 0 --rate 1000 --zeromq tcp://${zeromq}`);
  expect(engine.shell('recodex-monitor watch job --timeout 10s')).toContain('20 completed');
}

/** The same command starts a second container that has the channels of the first one. */
async function keepsChannels(engine: ContainerEngine, command: string): Promise<void> {
  const first = engine.docker('ps', '--latest', '--quiet').trim();
  engine.docker(
    'exec',
    first,
    'recodex-monitor',
    'simulate',
    '--id',
    'job',
    '--delay',
    '0',
    '--rate',
    '1000',
  );
  engine.docker('stop', first);
  engine.docker('rm', first);
  engine.shell(command);
  await answers(engine, `${PUBLIC}/health/ready`, '200');
  expect(engine.shell('recodex-monitor watch job --timeout 10s')).toContain('20 completed');
}

async function reloads(engine: ContainerEngine, command: string): Promise<void> {
  const container = command.includes('compose') ? 'clone-monitor-1' : command.split(' ').at(-1)!;
  await vi.waitFor(() => expect(engine.logs(container)).toContain('Reloaded the configuration'), 10_000);
}

function hasEnded(engine: ContainerEngine, command: string): void {
  const name = command.split(' ').at(-1)!;
  const shown = command.startsWith('docker rm') ? ['--all'] : [];
  expect(engine.docker('ps', ...shown, '--format', '{{.Names}}').split('\n')).not.toContain(name);
}

/** The page and the stream of the job that the simulated broker plays. @param status of the page's data without a token */
async function showsJob(engine: ContainerEngine, url: string, status = 200): Promise<void> {
  await answers(engine, `${url}/channels/demo`, String(status), 'application/json');
  await answers(engine, `${url}/channels/demo`, '200', 'text/html');
  const running = engine.docker('ps', '--format', '{{.Status}}').trim().split('\n');
  expect(running.filter((text) => /Restarting|unhealthy/.test(text))).toEqual([]);
}

async function showsJobThroughNewWorker(engine: ContainerEngine): Promise<void> {
  const log = (): string => engine.logs('clone-haproxy-1');
  await vi.waitFor(() => expect(log().match(/New worker/g)).toHaveLength(2), 10_000);
  await showsJob(engine, 'http://127.0.0.1:8080');
}

function watchesWithToken(engine: ContainerEngine, _command: string, output: string): void {
  const [token] = /[\w-]+\.[\w-]+\.[\w-]+/.exec(output)!;
  const watched = engine.shell(
    `RECODEX_MONITOR_TOKEN=${token} NODE_EXTRA_CA_CERTS=secrets/tls/tls.crt recodex-monitor watch demo --json --url https://localhost:4567 --timeout 25s || true`,
  );
  expect(watched).toContain('"command":"');
}

async function answers(engine: ContainerEngine, url: string, status: string, accept = '*/*'): Promise<void> {
  await vi.waitFor(
    () =>
      expect(
        engine.shell(`curl -sk -o /dev/null -w '%{http_code}' -H 'Accept: ${accept}' '${url}' || true`),
      ).toBe(status),
    { timeout: 20_000, interval: 200 },
  );
}
