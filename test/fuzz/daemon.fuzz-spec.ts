import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { HealthyClient } from '../attacks/healthy-client.js';
import { FuzzDaemon } from './fuzz-daemon.js';
import { fuzzOptions } from './fuzz-options.js';
import { FuzzRun, type FuzzFailure } from './fuzz-run.js';
import type { FuzzTarget } from './fuzz-target.js';
import { PLAIN_PROFILE, PROXIED_PROFILE, type FuzzProfile } from './profiles/fuzz-profile.js';
import { SecuredProfile } from './profiles/secured-profile.js';
import { curveTarget } from './targets/curve.js';
import { httpTarget } from './targets/http.js';
import { proxyTarget } from './targets/proxy.js';
import { publishingTarget } from './targets/publishing.js';
import { reloadTarget } from './targets/reload.js';
import { routesTarget } from './targets/routes.js';
import { tlsTarget } from './targets/tls.js';
import { tokensTarget } from './targets/tokens.js';
import { upgradesTarget } from './targets/upgrades.js';
import { websocketTarget } from './targets/websocket.js';
import { zeromqTarget } from './targets/zeromq.js';
import { zmtpTarget } from './targets/zmtp.js';

/** Seconds for a failed batch to be explained, and for channels and sockets to go. */
const SETTLE_SECONDS = 120;

/** MiB that the daemon may have more than at the start. V8 lets the heap grow before it collects garbage. */
const MEMORY_GROWTH = 200;

/** Connections of the tests themselves, which `fetch` keeps for the next request: probes and metrics. */
const PROBES = 4;

const { seed, secondsEach, targetsOf } = fuzzOptions(process.env);
const timeout = (secondsEach + SETTLE_SECONDS) * 1000;
const secured = new SecuredProfile();

// The certificate is for tests, so no authority has signed it.
vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
afterAll(() => {
  vi.unstubAllEnvs();
  secured.remove();
});

for (const profile of [PLAIN_PROFILE, PROXIED_PROFILE, secured]) fuzzProfile(profile);

function fuzzProfile(profile: FuzzProfile): void {
  const targets = targetsOf(profile.name);
  describe.runIf(targets.length > 0)(
    `with the seed ${seed}, a daemon with the profile ${profile.name}`,
    () => {
      let daemon: FuzzDaemon;
      let healthy: HealthyClient;
      let baseline: Readonly<Record<'files' | 'sockets' | 'memory' | 'peers', number>>;

      beforeAll(async () => {
        daemon = await FuzzDaemon.start(profile);
        healthy = await HealthyClient.start(daemon.daemon, profile.access);
        const { openFiles: files, openSockets: sockets, residentMiB: memory } = daemon.daemon;
        baseline = { files, sockets, memory, peers: await daemon.peers() };
      });
      afterAll(() => daemon.daemon.kill());

      function fuzz<Input>(target: FuzzTarget<Input>): void {
        it.runIf(targets.includes(target.name))(`withstands ${target.name}`, { timeout }, async () => {
          const run = new FuzzRun(target, seed);
          const start = performance.now();
          print(`${profile.name} ${target.name} ...`);
          const failure = await run.run(daemon, start + secondsEach * 1000);
          expect(failure && textOf(failure, target.name, profile.name)).toBeUndefined();
          const seconds = (performance.now() - start) / 1000;
          print(`${profile.name} ${target.name}: ${run.played} inputs in ${seconds.toFixed(0)} s`);
        });
      }

      fuzz(zeromqTarget);
      fuzz(zmtpTarget);
      fuzz(curveTarget);
      fuzz(tlsTarget);
      fuzz(httpTarget);
      fuzz(routesTarget);
      fuzz(upgradesTarget);
      fuzz(websocketTarget);
      fuzz(publishingTarget);
      fuzz(tokensTarget);
      fuzz(proxyTarget);
      fuzz(reloadTarget);

      it(
        'afterwards holds no sockets, files, channels, brokers or memory of the clients',
        { timeout },
        async () => {
          const limit = { timeout: SETTLE_SECONDS * 1000, interval: 200 };
          await vi.waitFor(async () => {
            expect(await daemon.channels()).toBe(1);
            expect(await daemon.peers()).toBe(baseline.peers);
            expect(daemon.daemon.openSockets).toBeLessThanOrEqual(baseline.sockets + PROBES);
            expect(daemon.daemon.openFiles).toBeLessThanOrEqual(baseline.files + PROBES);
          }, limit);
          const growth = daemon.daemon.residentMiB - baseline.memory;
          print(
            `${profile.name}: memory of ${baseline.memory.toFixed(0)} MiB before, ${growth.toFixed(0)} MiB more afterwards`,
          );
          expect(growth).toBeLessThan(MEMORY_GROWTH);
        },
      );

      it('loses nothing of a healthy client', { timeout }, async () => {
        const { sent, received, max } = await healthy.stop();
        print(
          `${profile.name}: a healthy client got ${received} of ${sent} messages, the slowest after ${max.toFixed(0)} ms`,
        );
        expect(received).toBe(sent);
        expect(await daemon.daemon.stop()).toBe(0);
      });
    },
  );
}

function textOf({ problems, first, inputs }: FuzzFailure, target: string, profile: string): string {
  return [
    `Seed ${seed}, profile ${profile}, target ${target}, in the batch from input ${first} on:`,
    ...problems.slice(0, 5),
    'The fewest inputs that were found to cause it:',
    ...inputs,
    `Repeat: npm run fuzz -- --seed ${seed} --profile ${profile} --target ${target}`,
  ].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
