import { setTimeout } from 'node:timers/promises';
import { LoadProcess } from './load-process.js';
import { median } from './median.js';
import { settle } from './scenarios/settle.js';
import { REST } from './scenarios/throughput.js';
import { ours } from './targets/ours.js';
import type { Server } from './targets/target.js';

/** Cost at one size of one of the things that grow. */
export interface Point {
  readonly axis: 'channels open' | 'clients' | 'messages retained';
  readonly size: number;
  /** CPU time of the server, microseconds. */
  readonly cpuUs: number;
  readonly rate: number;
}

interface Case {
  readonly axis: Point['axis'];
  readonly size: number;
  /** Channels with ten messages each that nobody watches. */
  readonly bystanders: number;
  /** Messages on each watched channel before the measured ones. */
  readonly history: number;
  readonly watched: number;
  /** On each watched channel. */
  readonly clients: number;
}

const SCALES = [1, 10, 100];
const OLD_MESSAGES = 10;

/** Messages in a row for one channel, so that a flush finds as many at any size and only the size differs. */
const BLOCK = 50;

const PORTION = 20_000;

/**
 * Cost per delivery as channels, clients and history grow a hundredfold; at the end 100,000 channels are open, and
 * 1,000,000 messages retained. Every size is measured `runs` times, in turn with the others; the median counts.
 */
export async function growth(quick: boolean, runs: number, say: (line: string) => void): Promise<Point[]> {
  const cases = sizes(quick ? 10 : 1);
  const measured = cases.map((): Point[] => []);
  for (let run = 1; run <= runs; run++) {
    for (const [i, one] of cases.entries()) {
      const point = await measure(one, quick ? 50_000 : 500_000);
      measured[i]!.push(point);
      say(
        `${run}/${runs} ${one.axis} ${one.size}: ${point.cpuUs.toFixed(2)} us, ${Math.round(point.rate)}/s`,
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

function sizes(part: number): Case[] {
  const base = { bystanders: 0, history: 0, watched: 10, clients: 10 };
  const at = (make: (scale: number) => Case): Case[] => SCALES.map((scale) => make(scale / part));
  return [
    ...at((scale) => ({ ...base, axis: 'channels open', size: 1000 * scale, bystanders: 1000 * scale })),
    ...at((scale) => ({ ...base, axis: 'clients', size: 100 * scale, watched: 10 * scale })),
    ...at((scale) => ({ ...base, axis: 'messages retained', size: 10_000 * scale, history: 1000 * scale })),
  ];
}

async function measure(one: Case, deliveries: number): Promise<Point> {
  const server = await ours.start({ channelMessages: 10_000_000, totalBytes: 2 ** 31 });
  const load = new LoadProcess(server.wire);
  try {
    await fill(load, 'bystander', one.bystanders, OLD_MESSAGES);
    await fill(load, 'watched', one.watched, one.history);
    return await flow(server, load, one, deliveries);
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

async function fill(load: LoadProcess, prefix: string, channels: number, messages: number): Promise<void> {
  if (channels === 0 || messages === 0) return;
  const step = Math.max(1, Math.floor(PORTION / channels));
  for (let sent = 0; sent < messages; sent += step) {
    await load.order('publish', { prefix, channels, messages: Math.min(step, messages - sent) });
    await settle(load);
  }
}

async function flow(server: Server, load: LoadProcess, one: Case, deliveries: number): Promise<Point> {
  const { axis, size, watched: channels, clients, history } = one;
  const group = 'watched';
  await load.order('connect', { group, channels, clients, replay: history });
  await setTimeout(REST);
  const messages = Math.ceil(deliveries / (channels * clients));
  const before = server.process.usage();
  const flowed = await load.order('publish', { prefix: group, channels, messages, block: BLOCK });
  const cpu = server.process.usage().cpu - before.cpu;
  return { axis, size, cpuUs: (cpu * 1e6) / flowed.deliveries, rate: flowed.deliveries / flowed.seconds };
}
