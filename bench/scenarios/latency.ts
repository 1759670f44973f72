import { setTimeout } from 'node:timers/promises';
import type { Goal, Scenario } from './scenario.js';
import { SETTLE_MS } from './throughput.js';

export interface SteadyLoad {
  readonly channels: number;
  readonly clients: number;
  /** Messages per second over all channels. */
  readonly rate: number;
  readonly seconds: number;
}

/** Messages at a steady rate: their latency from the publisher to the clients. */
export function latencyScenario(
  name: string,
  title: string,
  steady: SteadyLoad,
  goals: { p50?: Goal[]; p99?: Goal[] },
): Scenario {
  const { channels, clients, rate, seconds } = steady;
  const row = { unit: 'ms', better: 'less', drawn: true } as const;
  return {
    name,
    metrics: [
      { key: 'p50', title: `${title}, p50`, ...row, goals: goals.p50 ?? [] },
      { key: 'p99', title: `${title}, p99`, ...row, goals: goals.p99 ?? [] },
    ],
    async run(server, load) {
      await load.run('connect', { group: name, channels, clients });
      await setTimeout(SETTLE_MS);
      const before = server.process.usage();
      const messages = (rate * seconds) / channels;
      const published = await load.run('publish', { prefix: name, channels, messages, rate, finish: true });
      const after = server.process.usage();
      return {
        ...published.latency,
        cpu_us: ((after.cpu - before.cpu) * 1e6) / published.deliveries,
        load_busy: published.busy,
      };
    },
  };
}
