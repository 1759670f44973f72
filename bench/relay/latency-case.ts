import { setTimeout } from 'node:timers/promises';
import { LoadProcess } from '../load-process.js';
import type { SteadyLoad } from '../scenarios/latency.js';
import type { Values } from '../scenarios/scenario.js';
import { SETTLE_MS } from '../scenarios/throughput.js';
import { RelayGroup, startAlone } from '../targets/relay-group.js';
import type { RelayCase } from './relay-case.js';

/** The latency of the same load through one monitor alone, and right after it through an ingest, Redis and an edge. */
export function latencyCase(steady: SteadyLoad): RelayCase {
  const load = `${steady.rate.toLocaleString('en')}/s, ${steady.channels} jobs x ${steady.clients} clients`;
  return {
    metrics: [
      { key: 'alone_p50', title: `one monitor alone: ${load}, p50`, unit: 'ms' },
      { key: 'alone_p99', title: 'one monitor alone, p99', unit: 'ms' },
      { key: 'relay_p50', title: 'ingest, Redis and edge, p50', unit: 'ms' },
      { key: 'relay_p99', title: 'ingest, Redis and edge, p99', unit: 'ms' },
      {
        key: 'added_p50',
        title: 'added by the relay, p50',
        unit: 'ms',
        goal: { text: '<= 2', met: (value) => value <= 2 },
      },
    ],
    async measure() {
      const alone = await measureAlone(steady);
      const relay = await measureRelay(steady);
      return {
        alone_p50: alone['p50']!,
        alone_p99: alone['p99']!,
        relay_p50: relay['p50']!,
        relay_p99: relay['p99']!,
        added_p50: relay['p50']! - alone['p50']!,
      };
    },
  };
}

async function measureAlone(steady: SteadyLoad): Promise<Values> {
  const server = await startAlone();
  const load = new LoadProcess(server.address);
  try {
    return await publish(load, steady);
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

async function measureRelay(steady: SteadyLoad): Promise<Values> {
  const group = await RelayGroup.start({ edges: 1 });
  const load = group.load();
  try {
    return await publish(load, steady);
  } finally {
    await load.stop();
    await group.stop();
  }
}

async function publish(load: LoadProcess, { channels, clients, rate, seconds }: SteadyLoad): Promise<Values> {
  await load.run('connect', { group: 'steady', channels, clients });
  await setTimeout(SETTLE_MS);
  const messages = (rate * seconds) / channels;
  const { latency } = await load.run('publish', { prefix: 'steady', channels, messages, rate });
  return { p50: latency!.p50, p99: latency!.p99 };
}
