import { setTimeout } from 'node:timers/promises';
import type { Goal, Scenario } from './scenario.js';
import { REST } from './throughput.js';

export interface Pace {
  readonly channels: number;
  readonly clients: number;
  /** Messages a second, over all channels. */
  readonly rate: number;
  readonly seconds: number;
}

/** Messages at a steady rate: how long each takes to its clients. */
export function latency(
  name: string,
  title: string,
  pace: Pace,
  goals: { p50?: Goal[]; p99?: Goal[] },
): Scenario {
  const { channels, clients, rate, seconds } = pace;
  const row = { unit: 'ms', better: 'less', drawn: true } as const;
  return {
    name,
    metrics: [
      { key: 'p50', title: `${title}, p50`, ...row, goals: goals.p50 ?? [] },
      { key: 'p99', title: `${title}, p99`, ...row, goals: goals.p99 ?? [] },
    ],
    async run(server, load) {
      await load.order('connect', { group: name, channels, clients });
      await setTimeout(REST);
      const before = server.process.usage();
      const messages = (rate * seconds) / channels;
      const flowed = await load.order('publish', { prefix: name, channels, messages, rate, finish: true });
      const after = server.process.usage();
      return {
        ...flowed.latency,
        cpu_us: ((after.cpu - before.cpu) * 1e6) / flowed.deliveries,
        load_busy: flowed.busy,
      };
    },
  };
}
