import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HealthyClient } from '../attacks/healthy-client.js';
import { FuzzDaemon } from './fuzz-daemon.js';
import { DAEMON_TARGETS, fuzzOptions } from './fuzz-options.js';
import { FuzzRun, type FuzzFailure } from './fuzz-run.js';
import type { FuzzTarget } from './fuzz-target.js';
import { httpTarget } from './targets/http.js';
import { publishingTarget } from './targets/publishing.js';
import { PUBLIC_ROUTES, routesTarget, type FuzzRoute } from './targets/routes.js';
import { upgradesTarget } from './targets/upgrades.js';
import { websocketTarget } from './targets/websocket.js';
import { zeromqTarget } from './targets/zeromq.js';
import { zmtpTarget } from './targets/zmtp.js';

/** Seconds for a failed batch to be explained, and for channels and sockets to go. */
const SETTLE_SECONDS = 120;

/** MiB that the daemon may have more than at the start. V8 lets the heap grow before it collects garbage. */
const MEMORY_GROWTH = 200;

const { seed, secondsEach, includes } = fuzzOptions(process.env);
const timeout = (secondsEach + SETTLE_SECONDS) * 1000;

const isNeeded = DAEMON_TARGETS.some((name) => includes(name));

let daemon: FuzzDaemon;
let healthy: HealthyClient;
let baseline: { readonly files: number; readonly sockets: number; readonly memory: number };

beforeAll(async () => {
  if (!isNeeded) return;
  daemon = await FuzzDaemon.start();
  healthy = await HealthyClient.start(daemon.daemon);
  const { openFiles: files, openSockets: sockets, residentMiB: memory } = daemon.daemon;
  baseline = { files, sockets, memory };
});
afterAll(() => isNeeded && daemon.daemon.kill());

describe(`the daemon withstands the inputs of the seed ${seed}`, () => {
  fuzz(zeromqTarget);
  fuzz(zmtpTarget);
  fuzz(httpTarget);
  fuzz(routesTarget(async () => [...PUBLIC_ROUTES, ...(await adminRoutes())]));
  fuzz(upgradesTarget);
  fuzz(websocketTarget);
  fuzz(publishingTarget);

  it.runIf(isNeeded)(
    'and afterwards holds no sockets, files, channels or memory of the clients',
    { timeout },
    async () => {
      const limit = { timeout: SETTLE_SECONDS * 1000, interval: 200 };
      await vi.waitFor(async () => {
        expect(await daemon.channels()).toBe(1);
        expect(daemon.daemon.openSockets).toBeLessThanOrEqual(baseline.sockets + PROBES);
        expect(daemon.daemon.openFiles).toBeLessThanOrEqual(baseline.files + PROBES);
      }, limit);
      const growth = daemon.daemon.residentMiB - baseline.memory;
      print(`Memory: ${baseline.memory.toFixed(0)} MiB before, ${growth.toFixed(0)} MiB more afterwards`);
      expect(growth).toBeLessThan(MEMORY_GROWTH);
    },
  );

  it.runIf(isNeeded)('and a healthy client beside them loses nothing', { timeout }, async () => {
    const { sent, received, max } = await healthy.stop();
    print(`A healthy client: ${received} of ${sent} messages, the slowest after ${max.toFixed(0)} ms`);
    expect(received).toBe(sent);
    expect(await daemon.daemon.stop()).toBe(0);
  });
});

/** Connections of the tests themselves, which `fetch` keeps for the next request: probes and metrics. */
const PROBES = 4;

function fuzz<Input>(target: FuzzTarget<Input>): void {
  it.runIf(includes(target.name))(`${target.name}`, { timeout }, async () => {
    const run = new FuzzRun(target, seed);
    const start = performance.now();
    const failure = await run.run(daemon, start + secondsEach * 1000);
    expect(failure && textOf(failure, target.name)).toBeUndefined();
    const seconds = (performance.now() - start) / 1000;
    print(`${target.name}: ${run.played} inputs in ${seconds.toFixed(0)} s`);
  });
}

function textOf({ problems, first, inputs }: FuzzFailure, name: string): string {
  return [
    `Seed ${seed}, target ${name}, in the batch from input ${first} on:`,
    ...problems.slice(0, 5),
    'The fewest inputs that were found to cause it:',
    ...inputs,
    `Repeat: npm run fuzz -- --seed ${seed} --target ${name}`,
  ].join('\n');
}

/** The routes of the admin server, from its OpenAPI document. */
async function adminRoutes(): Promise<FuzzRoute[]> {
  const response = await fetch(`http://127.0.0.1:${daemon.adminPort}/api-json`);
  const { paths } = (await response.json()) as { paths: object };
  return Object.keys(paths).map((path) => ({ listener: 'admin', path }));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
