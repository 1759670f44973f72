import { setTimeout } from 'node:timers/promises';
import { LoadProcess } from '../load-process.js';
import type { Values } from '../scenarios/scenario.js';
import { SETTLE_MS } from '../scenarios/throughput.js';
import type { DaemonProcess } from '../targets/daemon-process.js';
import { RelayGroup, startAlone } from '../targets/relay-group.js';
import { cpuMicroseconds, type RelayCase } from './relay-case.js';

const CHANNELS = 100;

/** Messages at a steady rate. Nearly every message has its own entry in the stream, so this is the highest cost of a message. */
export function pacedCase(rate: number, seconds: number): RelayCase {
  const title = `${rate.toLocaleString('en')}/s without clients: a message`;
  const us = 'us of CPU';
  return {
    metrics: [
      { key: 'alone_us', title: `${title}, one monitor alone`, unit: us },
      { key: 'ingest_us', title: `${title}, ingest`, unit: us },
      { key: 'redis_us', title: `${title}, Redis with one edge`, unit: us },
      { key: 'further_us', title: `${title}, Redis for each further edge`, unit: us },
      { key: 'edge_us', title: `${title}, edge`, unit: us },
    ],
    async measure() {
      const alone = await measureAlone(rate, seconds);
      const one = await measureEdges(1, rate, seconds);
      const three = await measureEdges(3, rate, seconds);
      return { ...alone, ...one, further_us: (three['redis_us']! - one['redis_us']!) / 2 };
    },
  };
}

async function measureAlone(rate: number, seconds: number): Promise<Values> {
  const server = await startAlone();
  const load = new LoadProcess(server.address);
  try {
    const [alone] = await pace(load, [server.process], rate, seconds);
    return { alone_us: alone! };
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

async function measureEdges(edges: number, rate: number, seconds: number): Promise<Values> {
  const group = await RelayGroup.start({ edges });
  const load = group.load();
  const processes = [group.ingests[0]!.process, group.redis.process, group.edges[0]!.process];
  try {
    const [ingest, redis, edge] = await pace(load, processes, rate, seconds);
    return { ingest_us: ingest!, redis_us: redis!, edge_us: edge! };
  } finally {
    await load.stop();
    await group.stop();
  }
}

/** Returns microseconds of CPU time per message, for each process. */
async function pace(
  load: LoadProcess,
  processes: readonly DaemonProcess[],
  rate: number,
  seconds: number,
): Promise<number[]> {
  const cpu = (): number[] => processes.map((process) => process.usage().cpu);
  const send = (time: number): Promise<unknown> =>
    load.run('publish', { prefix: 'paced', channels: CHANNELS, messages: (rate * time) / CHANNELS, rate });
  await setTimeout(SETTLE_MS);
  // The first second compiles the code.
  await send(1);
  const before = cpu();
  await send(seconds);
  return cpu().map((used, i) => cpuMicroseconds(used - before[i]!, rate * seconds));
}
