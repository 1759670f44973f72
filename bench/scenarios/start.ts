import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ceiling, type Scenario } from './scenario.js';

/** Time from the spawn until the readiness probe succeeds. `bare` is an empty Node program. */
export function startScenario(): Scenario {
  return {
    name: 'start',
    metrics: [
      { key: 'seconds', title: 'start: until ready', unit: 's', better: 'less', goals: [ceiling(0.6)] },
      { key: 'mib', title: 'start: memory without clients or messages', unit: 'MiB', better: 'less' },
    ],
    run: (server) =>
      Promise.resolve({ seconds: server.readyAfter, mib: server.process.usage().rss / 2 ** 20 }),
    async bare() {
      const started = performance.now();
      await once(spawn('node', ['-e', '0']), 'exit');
      return { seconds: (performance.now() - started) / 1000 };
    },
  };
}
