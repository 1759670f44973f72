import { setTimeout } from 'node:timers/promises';
import { LoadProcess } from './load-process.js';
import { median } from './median.js';
import { settle } from './scenarios/settle.js';
import { SETTLE_MS } from './scenarios/throughput.js';
import { ours } from './targets/ours.js';
import type { TargetServer } from './targets/target.js';

/** Cost per delivery at one size. */
export interface GrowthPoint {
  readonly axis: 'channels open' | 'clients' | 'messages retained';
  readonly size: number;
  /** CPU time of the server per delivery, microseconds. */
  readonly cpuUs: number;
  readonly rate: number;
}

interface GrowthCase {
  readonly axis: GrowthPoint['axis'];
  readonly size: number;
  /** Channels with ten messages each and no clients. */
  readonly idleChannels: number;
  /** Messages on each active channel before the measured ones. */
  readonly history: number;
  /** Channels with clients. */
  readonly activeChannels: number;
  /** Clients of each active channel. */
  readonly clients: number;
}

const SCALES = [1, 10, 100];
const OLD_MESSAGES = 10;

/** Consecutive messages of one channel. So a flush finds the same number of messages at every size. */
const BLOCK = 50;

/** Messages that are published before the benchmark waits until the target has received all of them. */
const BATCH = 20_000;

/**
 * Measures the cost per delivery while channels, clients and history grow a hundredfold, up to 100,000 open channels
 * and 1,000,000 retained messages. Each size is measured `runs` times, alternating with the others. Returns medians.
 */
export async function growth(
  quick: boolean,
  runs: number,
  log: (line: string) => void,
): Promise<GrowthPoint[]> {
  const cases = sizes(quick ? 10 : 1);
  const measured = cases.map((): GrowthPoint[] => []);
  for (let run = 1; run <= runs; run++) {
    for (const [i, growthCase] of cases.entries()) {
      const point = await measure(growthCase, quick ? 50_000 : 500_000);
      measured[i]!.push(point);
      log(
        `${run}/${runs} ${growthCase.axis} ${growthCase.size}: ${point.cpuUs.toFixed(2)} us, ${Math.round(point.rate)}/s`,
      );
    }
  }
  return cases.map(({ axis, size }, i) => ({
    axis,
    size,
    cpuUs: median(measured[i]!.map(({ cpuUs }) => cpuUs)),
    rate: median(measured[i]!.map(({ rate }) => rate)),
  }));
}

function sizes(part: number): GrowthCase[] {
  const base = { idleChannels: 0, history: 0, activeChannels: 10, clients: 10 };
  const at = (make: (scale: number) => GrowthCase): GrowthCase[] => SCALES.map((scale) => make(scale / part));
  return [
    ...at((scale) => ({ ...base, axis: 'channels open', size: 1000 * scale, idleChannels: 1000 * scale })),
    ...at((scale) => ({ ...base, axis: 'clients', size: 100 * scale, activeChannels: 10 * scale })),
    ...at((scale) => ({ ...base, axis: 'messages retained', size: 10_000 * scale, history: 1000 * scale })),
  ];
}

async function measure(growthCase: GrowthCase, deliveries: number): Promise<GrowthPoint> {
  const server = await ours.start({ channelMessages: 10_000_000, totalBytes: 2 ** 31 });
  const load = new LoadProcess(server.address);
  try {
    await fill(load, 'idle', growthCase.idleChannels, OLD_MESSAGES);
    await fill(load, 'active', growthCase.activeChannels, growthCase.history);
    return await flow(server, load, growthCase, deliveries);
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

async function fill(load: LoadProcess, prefix: string, channels: number, messages: number): Promise<void> {
  if (channels === 0 || messages === 0) return;
  const step = Math.max(1, Math.floor(BATCH / channels));
  for (let sent = 0; sent < messages; sent += step) {
    await load.run('publish', { prefix, channels, messages: Math.min(step, messages - sent) });
    await settle(load);
  }
}

async function flow(
  server: TargetServer,
  load: LoadProcess,
  growthCase: GrowthCase,
  deliveries: number,
): Promise<GrowthPoint> {
  const { axis, size, activeChannels: channels, clients, history } = growthCase;
  const group = 'active';
  await load.run('connect', { group, channels, clients, replay: history });
  await setTimeout(SETTLE_MS);
  const messages = Math.ceil(deliveries / (channels * clients));
  const before = server.process.usage();
  const published = await load.run('publish', { prefix: group, channels, messages, block: BLOCK });
  const cpu = server.process.usage().cpu - before.cpu;
  return {
    axis,
    size,
    cpuUs: (cpu * 1e6) / published.deliveries,
    rate: published.deliveries / published.seconds,
  };
}
