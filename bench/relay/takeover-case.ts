import { setTimeout } from 'node:timers/promises';
import { answers200 } from '../targets/daemon-process.js';
import { RelayGroup } from '../targets/relay-group.js';
import type { RelayCase } from './relay-case.js';

/** Milliseconds between two probes. */
const PROBE_MS = 10;

/** Seconds after which nobody has taken over. */
const TIMEOUT = 30;

/** The ingest is killed, and the other one takes messages. */
export function takeoverCase(): RelayCase {
  return {
    metrics: [
      {
        key: 'seconds',
        title: 'kill -9 of the ingest, until the other one takes messages',
        unit: 's',
        goal: { text: '<= 5', met: (value) => value <= 5 },
      },
    ],
    async measure() {
      const group = await RelayGroup.start({ ingests: 2, edges: 1 });
      const load = group.load();
      const [first, second] = group.ingests;
      try {
        await load.run('connect', { group: 'job', channels: 100, clients: 1 });
        await load.run('publish', { prefix: 'job', channels: 100, messages: 10 });
        const killedAt = performance.now();
        first!.process.signal('SIGKILL');
        const seconds = (): number => (performance.now() - killedAt) / 1000;
        while (!(await answers200(second!.adminPort, '/health/ingest'))) {
          if (seconds() > TIMEOUT) throw new Error(`nobody took over within ${TIMEOUT} s`);
          await setTimeout(PROBE_MS);
        }
        return { seconds: seconds() };
      } finally {
        await load.stop();
        await group.stop();
      }
    },
  };
}
