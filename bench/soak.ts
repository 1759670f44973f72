import { LoadProcess } from './load-process.js';
import { median } from './median.js';
import { oursWithJournal } from './targets/ours.js';
import type { TargetServer } from './targets/target.js';

/** The memory of the server at one moment. */
export interface SoakSample {
  /** Minutes since the start. */
  readonly minutes: number;
  /** Resident memory, bytes. */
  readonly rss: number;
}

export interface SoakResult {
  readonly samples: readonly SoakSample[];
  readonly messages: number;
  readonly deliveries: number;
  /** CPU time of the server, seconds. */
  readonly cpu: number;
  /** Largest deviation from the median after `WARM_UP`, as a share of the median. */
  readonly deviation: number;
}

/** Messages per second over all channels. */
export const SOAK_RATE = 5000;
/** Minutes until the memory must be flat. */
export const WARM_UP = 5;

/** Jobs at the same time. Each has its own clients, and ends after about four seconds. */
const CHANNELS = 20;
const CLIENTS = 5;
/** Messages of a job before and after its clients have connected again. */
const MESSAGES = 500;
/** Seconds that a finished job is kept, so that the number of channels is constant after the warm-up. */
const RETENTION = 120;
/** Milliseconds between two samples. */
const SAMPLE_MS = 10_000;
/** Rounds of one load process, which ends itself after three minutes. */
const ROUNDS = 20;

/**
 * Runs a server with a journal at a steady rate: jobs begin and end, and clients come, leave, come back and resume. Every
 * message of every client is checked. Returns the resident memory over time.
 */
export async function soak(minutes: number, log: (line: string) => void): Promise<SoakResult> {
  const server = await oursWithJournal.start({ retentionSeconds: RETENTION });
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 60_000;
  const samples: SoakSample[] = [];
  const sample = (): void => {
    const { rss } = server.process.usage();
    samples.push({ minutes: elapsed(), rss });
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  const total = { messages: 0, deliveries: 0 };
  try {
    for (let first = 0; elapsed() < minutes; first += ROUNDS) {
      const { messages, deliveries } = await playRounds(server, first);
      total.messages += messages;
      total.deliveries += deliveries;
      log(`${elapsed().toFixed(1)} minutes, ${total.messages} messages, ${mib(samples.at(-1)!.rss)} MiB`);
    }
    const { cpu } = server.process.usage();
    return { samples, ...total, cpu, deviation: deviationOf(samples) };
  } finally {
    clearInterval(timer);
    await server.process.stop();
  }
}

/** Bytes as whole MiB. */
export function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

async function playRounds(
  server: TargetServer,
  first: number,
): Promise<Pick<SoakResult, 'messages' | 'deliveries'>> {
  const load = new LoadProcess(server.address);
  const total = { messages: 0, deliveries: 0 };
  const publish = async (prefix: string, finish: boolean): Promise<void> => {
    const command = { prefix, channels: CHANNELS, messages: MESSAGES, rate: SOAK_RATE, finish };
    const { deliveries } = await load.run('publish', command);
    total.messages += CHANNELS * MESSAGES;
    total.deliveries += deliveries;
  };
  try {
    for (let round = first; round < first + ROUNDS; round++) {
      const group = `soak-${round}`;
      const late = `late-${round}`;
      await load.run('connect', { group, channels: CHANNELS, clients: CLIENTS });
      await publish(group, false);
      // Others come in the middle, read the whole log so far, and leave before the end.
      await load.run('connect', {
        group: late,
        prefix: group,
        channels: CHANNELS,
        clients: 1,
        replay: MESSAGES,
      });
      await load.run('disconnect', { group: late });
      await publish(group, true);
    }
    return total;
  } finally {
    await load.stop();
  }
}

function deviationOf(samples: readonly SoakSample[]): number {
  const warm = samples.filter(({ minutes }) => minutes >= WARM_UP).map(({ rss }) => rss);
  const middle = median(warm);
  return Math.max(...warm.map((rss) => Math.abs(rss - middle))) / middle;
}
